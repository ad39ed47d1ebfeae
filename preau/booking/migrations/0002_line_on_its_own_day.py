from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("booking", "0001_initial"),
        ("activities", "0002_day_in_its_own_centre"),
    ]
    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE booking_booking ADD CONSTRAINT booking_on_its_days_date
                FOREIGN KEY (session_day_id, "on") REFERENCES activities_sessionday (id, "on")
                DEFERRABLE INITIALLY DEFERRED
            """,
            "ALTER TABLE booking_booking DROP CONSTRAINT booking_on_its_days_date",
        ),
        migrations.RunSQL(
            """
            ALTER TABLE booking_booking ADD CONSTRAINT booking_on_its_outings_day
                FOREIGN KEY (outing_id, session_day_id)
                REFERENCES activities_outing (id, session_day_id)
                DEFERRABLE INITIALLY DEFERRED
            """,
            "ALTER TABLE booking_booking DROP CONSTRAINT booking_on_its_outings_day",
        ),
    ]

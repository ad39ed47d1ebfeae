from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("activities", "0001_initial")]
    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE activities_sessionday ADD CONSTRAINT session_day_in_its_periods_centre
                FOREIGN KEY (period_id, centre_id) REFERENCES activities_period (id, centre_id)
                DEFERRABLE INITIALLY DEFERRED
            """,
            "ALTER TABLE activities_sessionday DROP CONSTRAINT session_day_in_its_periods_centre",
        )
    ]

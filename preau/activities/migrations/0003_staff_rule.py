from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('activities', '0002_day_in_its_own_centre'),
    ]

    operations = [
        migrations.AddField(
            model_name='period',
            name='staff_rule',
            field=models.CharField(choices=[('holidays', 'vacances (1 pour 8 et 1 pour 12)'), ('short', 'temps scolaire, 5 h au plus (1 pour 10 et 1 pour 14)'), ('long', 'temps scolaire, plus de 5 h (1 pour 8 et 1 pour 12)'), ('short_plan', 'avec PEDT, 5 h au plus (1 pour 14 et 1 pour 18)'), ('long_plan', 'avec PEDT, plus de 5 h (1 pour 10 et 1 pour 14)')], default='holidays', max_length=12, verbose_name='encadrement'),
        ),
    ]

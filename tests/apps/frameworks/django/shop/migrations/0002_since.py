from django.db import migrations, models


def fill(apps, schema_editor):
    apps.get_model("shop", "Fruit").objects.create(name="quince", price=5)


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.AddField("Fruit", "since", models.DateTimeField(null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]

from django.db import models


class Fruit(models.Model):
    name = models.CharField(max_length=30, unique=True)
    price = models.DecimalField(max_digits=6, decimal_places=2)
    since = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name

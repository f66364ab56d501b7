from django.db.models.signals import post_save
from django.dispatch import receiver

from shop.models import Fruit


@receiver(post_save, sender=Fruit)
def told(sender, instance, created, **kwargs):
    print("saved", instance, created)

from django.contrib import admin

from shop.models import Fruit

admin.site.register(Fruit)

from django.http import JsonResponse
from django.views.generic import ListView

from shop.models import Fruit


class Fruits(ListView):
    model = Fruit


def cheap(request, most):
    return JsonResponse({fruit.name: fruit.price for fruit in Fruit.objects.filter(price__lte=most)})


def broken(request):
    return 1 / 0

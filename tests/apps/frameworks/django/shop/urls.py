from django.urls import path

from shop import views

urlpatterns = [
    path("", views.Fruits.as_view()),
    path("cheap/<int:most>/", views.cheap),
    path("broken/", views.broken),
]

from django.urls import path

from preau.bench import views

app_name = "bench"

urlpatterns = [path("vide/", views.nothing, name="nothing")]

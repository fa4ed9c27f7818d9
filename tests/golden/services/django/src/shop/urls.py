from django.urls import path, re_path

from shop import views

urlpatterns = [
    path('tax/<slug:country>/<int:cents>/', views.tax, name='tax'),
    re_path(r'^old/(?P<country>[A-Z]{2})$', views.tax, {'cents': 7}),
]

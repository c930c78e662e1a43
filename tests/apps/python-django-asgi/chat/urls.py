from django.http import HttpResponse
from django.urls import path


async def index(request):
    return HttpResponse("hello from daphne")


urlpatterns = [path("", index)]

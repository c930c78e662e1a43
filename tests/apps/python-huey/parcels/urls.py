from django.http import HttpResponse
from django.urls import path

from parcels.tasks import weigh


def index(request):
    return HttpResponse(f"the job {weigh(250).id} waits for a worker")


urlpatterns = [path("", index)]

from django.shortcuts import render
from notes.models import Note
from rest_framework import generics, serializers


class NoteSerializer(serializers.ModelSerializer):
    class Meta:
        model = Note
        fields = ["id", "text", "written"]


class NoteList(generics.ListAPIView):
    queryset = Note.objects.order_by("-written")
    serializer_class = NoteSerializer


def home(request):
    return render(request, "notes/home.html", {"name": request.GET.get("name", "world")})

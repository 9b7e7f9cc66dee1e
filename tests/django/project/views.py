from django.contrib.auth.models import Group
from rest_framework.authtoken.models import Token
from rest_framework.authtoken.views import ObtainAuthToken
from rest_framework.decorators import api_view, permission_classes
from rest_framework.generics import ListAPIView
from rest_framework.permissions import DjangoModelPermissions, IsAuthenticated
from rest_framework.response import Response
from rest_framework.serializers import ModelSerializer


class CustomAuthToken(ObtainAuthToken):
    """The token with its user, as the tutorials customise it."""

    def post(self, request, *args, **kwargs):
        serializer = self.serializer_class(
            data=request.data, context={"request": request}
        )
        serializer.is_valid(raise_exception=True)
        user = serializer.validated_data["user"]
        token, _ = Token.objects.get_or_create(user=user)
        return Response({"token": token.key, "user_id": user.pk, "email": user.email})


@api_view(["GET"])
@permission_classes([IsAuthenticated])
def protected(request):
    return Response({"username": request.user.get_username()})


class MayView(DjangoModelPermissions):
    """Asks for the permission to view where DRF lets every user read."""

    perms_map = {"GET": ["%(app_label)s.view_%(model_name)s"]}


class GroupSerializer(ModelSerializer):
    class Meta:
        model = Group
        fields = ["name"]


class Groups(ListAPIView):
    queryset = Group.objects.order_by("name")
    serializer_class = GroupSerializer
    permission_classes = [MayView]

"""Nothing is served."""

urlpatterns = []

"""The pages of the website."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.html import format_html, format_html_join

from webstore_kit import Store
from webstore_kit.models import Product


def home(request: HttpRequest) -> HttpResponse:
    """The products of the store. Django runs what is not `async` in a thread, where the database may be waited for."""
    store: Store = request.scope["app"].state.store
    with store.snapshot():
        products = Product.select().where(Product.is_active).order_by(Product.title)
        items = format_html_join("", "<li>{}: {}</li>", [(each.title, each.price) for each in products])
    return HttpResponse(format_html("<h1>Our products</h1><ul>{}</ul>", items))


urlpatterns = [path("", home)]

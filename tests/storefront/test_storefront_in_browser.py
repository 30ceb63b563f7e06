"""The demo shop in a real browser: what visitors do in it, on a desktop and on a phone."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.cli.processes import ask, run
from tests.factories import PASSWORD
from tests.storefront.conftest import PATIENCE, Visit

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
SMALLEST: dict[str, Any] = {**PHONE, "viewport": {"width": 320, "height": 640}}
REFUSED = "Failed to load resource: the server responded with a status of 400 (Bad Request)"
DELIVERY = {
    "First name": "Ann",
    "Last name": "Lee",
    "E-mail": "ann@example.com",
    "Street and number": "1 rue X",
    "Post code": "01001",
    "City": "Paris",
    "Country": "France",
}
expect.set_options(timeout=PATIENCE)


def see(page: Page, heading: str) -> None:
    """Wait for the page with that heading, and check that the browser calls it so as well."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    expect(page.locator("main")).to_have_attribute("aria-busy", "false")


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).click()


def fill(page: Page, **values: str) -> None:
    for label, value in {**DELIVERY, **values}.items():
        page.get_by_label(label).fill(value)


def register(page: Page, username: str) -> None:
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Register")


def log_in(page: Page, username: str) -> None:
    page.get_by_role("link", name="Log in").click()
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Log in")


def put_in_cart(page: Page, product: int, title: str) -> None:
    page.goto(page.url.partition("#")[0] + f"#/product/{product}")
    see(page, title)
    press(page, "Add to cart")
    expect(page.locator("#in-cart")).to_contain_text("in your cart")


def remembered(page: Page, name: str) -> str | None:
    token: str | None = page.evaluate("name => localStorage.getItem(`shop:/api/:${name}`)", name)
    return token


def lose(route: Route) -> None:
    """Hand a request on to the store, and lose the answer."""
    route.fetch()
    route.abort()


def cart(address: str, page: Page) -> dict[int, int]:
    lines = ask(f"{address}/api/order/cart/list/{remembered(page, 'customer')}/")
    return {line["product"]: line["quantity"] for line in lines}


def orders(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("order", "list", "--json", cwd=folder).stdout)
    return found


def test_a_visitor_searches_registers_orders_and_finds_the_order_again(visit: Visit, folder: Path) -> None:
    page = visit()
    see(page, "All products")
    expect(page.locator(".tile")).to_have_count(9)
    page.get_by_label("Search the shop").fill("kettle")
    page.get_by_label("Search the shop").press("Enter")
    see(page, "Search for “kettle”")
    page.get_by_label("Sort by").select_option("-price")
    expect(page.locator(".tile h2")).to_have_text(["Gooseneck Kettle 0.9 l, matt black", "Enamel Kettle 1.2 l, cream"])
    page.get_by_role("link", name="Enamel Kettle").click()
    see(page, "Enamel Kettle 1.2 l, cream")
    assert page.title() == "Enamel Kettle 1.2 l, cream – Demo shop"
    expect(page.locator(".reviews li")).to_have_count(3)
    expect(page.locator(".stock")).to_have_text("12 in stock")
    press(page, "One more of Enamel Kettle 1.2 l, cream")
    press(page, "Add to cart")
    expect(page.get_by_role("status").first).to_have_text("Enamel Kettle 1.2 l, cream is in your cart.")
    page.get_by_role("link", name="Go to the cart").click()
    see(page, "Cart")
    press(page, "One more of Enamel Kettle 1.2 l, cream")
    expect(page.locator(".sum dd")).to_have_text("149.70")
    page.get_by_role("link", name="Check out").click()
    page.get_by_role("link", name="register").click()
    see(page, "Register")
    register(page, "ann.buys")
    see(page, "Checkout")
    fill(page, Phone="0123")
    page.get_by_role("button", name="Order now").dblclick()
    see(page, "Thank you for your order")
    order_id = page.locator("#order-id").inner_text()
    page.locator("main").get_by_role("link", name="My orders").click()
    see(page, "My orders")
    expect(page.locator("article h2")).to_have_text([f"Order {order_id}"])
    expect(page.locator("article dd")).to_have_text(["149.70", "149.70"])
    found = next(order for order in orders(folder) if str(order["id"]) == order_id)
    assert (found["email"], found["total"]) == ("ann@example.com", "149.70")


def test_a_guest_orders_on_a_phone(visit: Visit, address: str, folder: Path) -> None:
    page = visit(**PHONE)
    page.get_by_text("Filter", exact=True).tap()
    page.get_by_role("link", name="Coffee & Tea").tap()
    see(page, "Coffee & Tea")
    page.get_by_role("link", name="Next").tap()
    page.locator(".tile", has_text="Tea Caddy").tap()
    see(page, "Tea Caddy 150 g, vermilion")
    page.get_by_role("button", name="Add to cart").tap()
    expect(page.locator("#count")).to_have_text("1")
    page.get_by_role("link", name="Go to the cart").tap()
    page.get_by_role("link", name="Check out").tap()
    see(page, "Checkout")
    fill(page)
    page.get_by_role("button", name="Order now").tap()
    see(page, "Thank you for your order")
    assert (remembered(page, "access"), cart(address, page)) == (None, {})
    found = next(order for order in orders(folder) if str(order["id"]) == page.locator("#order-id").inner_text())
    assert (found["email"], found["total"]) == ("ann@example.com", "13.50")


def test_what_is_wrong_is_told_where_it_is(visit: Visit, complaints: list[str]) -> None:
    page = visit("#/product/69")
    see(page, "Round Wall Mirror 60 cm, brass")
    expect(page.locator(".stock")).to_have_text("Only 2 left")
    page.get_by_label("How many of").fill("3")
    press(page, "Add to cart")
    expect(page.get_by_role("alert")).to_have_text('Only 2 of "Round Wall Mirror 60 cm, brass" are available.')
    expect(page.locator("#count")).to_be_hidden()
    page.get_by_label("How many of").fill("2")
    press(page, "Add to cart")
    page.get_by_role("link", name="Go to the cart").click()
    press(page, "One more of Round Wall Mirror 60 cm, brass")
    expect(page.locator(".line .error")).to_have_text('Only 2 of "Round Wall Mirror 60 cm, brass" are available.')
    expect(page.get_by_label("How many of")).to_have_value("2")
    page.get_by_role("link", name="Check out").click()
    see(page, "Checkout")
    fill(page, City="", **{"E-mail": "ann"})
    press(page, "Order now")
    expect(page.get_by_label("City")).to_have_accessible_description("This field may not be blank.")
    expect(page.get_by_label("E-mail")).to_have_accessible_description("Enter a valid email address.")
    expect(page.get_by_label("E-mail")).to_be_focused()
    page.get_by_label("City").fill("Paris")
    expect(page.get_by_label("City")).to_have_accessible_description("")
    assert {complaints.pop() for _ in range(3)} == {REFUSED}


def test_what_is_sold_out_cannot_be_put_in_the_cart(visit: Visit) -> None:
    page = visit("#/?search=vanished")
    page.get_by_role("link", name="Vanished Vase").click()
    see(page, "Vanished Vase")
    expect(page.locator(".stock")).to_have_text("Sold out")
    expect(page.get_by_role("button", name="Add to cart")).to_have_count(0)


def test_titles_are_text_and_never_markup(visit: Visit) -> None:
    page = visit("#/?search=bold")
    title = "<script>document.title='broken'</script><b>Bold</b>"
    expect(page.locator(".tile h2")).to_have_text(title)
    put_in_cart(page, 73, title)
    page.goto(page.url.partition("#")[0] + "#/checkout")
    expect(page.locator(".sums dt").first).to_have_text(f"1 × {title}")
    assert page.title() == "Checkout – Demo shop"
    assert page.locator("main script, main b").count() == 0


def test_the_cart_is_kept_over_a_reload_and_comes_along_to_another_device(visit: Visit, address: str) -> None:
    page = visit("#/register")
    put_in_cart(page, 2, "Cast Iron Frying Pan 26 cm, black")
    page.goto(f"{address}/#/register")
    register(page, "ann.moves")
    see(page, "All products")
    page.reload()
    expect(page.locator("#count")).to_have_text("1")
    elsewhere = visit()
    put_in_cart(elsewhere, 6, "Stoneware Mixing Bowl 3 l, sage")
    log_in(elsewhere, "ann.moves")
    expect(elsewhere.locator("#count")).to_have_text("2")
    assert cart(address, elsewhere) == cart(address, page) == {2: 1, 6: 1}
    elsewhere.get_by_role("button", name="Log out").click()
    expect(elsewhere.locator("#count")).to_be_hidden()
    put_in_cart(elsewhere, 9, "Pepper Mill 18 cm, mustard")
    assert (cart(address, elsewhere), cart(address, page)) == ({9: 1}, {2: 1, 6: 1})


def test_an_order_whose_answer_is_lost_is_sent_again_and_done_once(
    visit: Visit, folder: Path, complaints: list[str]
) -> None:
    page = visit()
    put_in_cart(page, 13, "Speckled Stoneware Mug 300 ml, oatmeal")
    page.goto(page.url.partition("#")[0] + "#/checkout")
    see(page, "Checkout")
    fill(page)
    before = len(orders(folder))
    page.route("**/finalize/", lose, times=1)
    press(page, "Order now")
    expect(page.get_by_role("alert")).to_contain_text("No answer came from the shop.")
    assert len(orders(folder)) == before + 1
    with page.expect_response("**/finalize/") as answer:
        press(page, "Order now")
    assert answer.value.headers["idempotent-replayed"] == "true"
    see(page, "Thank you for your order")
    assert len(orders(folder)) == before + 1
    assert [text for text in complaints if "finalize" not in text] == ["Failed to load resource: net::ERR_FAILED"]
    complaints.clear()


def test_what_is_put_in_the_cart_again_after_a_lost_answer_is_in_it_once(
    visit: Visit, address: str, complaints: list[str]
) -> None:
    page = visit("#/product/14")
    page.route("**/cart/update/", lose, times=1)
    press(page, "Add to cart")
    expect(page.get_by_role("alert")).to_contain_text("No answer came from the shop.")
    assert cart(address, page) == {14: 1}
    press(page, "Add to cart")
    expect(page.locator("#in-cart")).to_contain_text("1 in your cart.")
    press(page, "Add to cart")
    expect(page.locator("#in-cart")).to_contain_text("2 in your cart.")
    assert cart(address, page) == {14: 2}
    assert {complaints.pop() for _ in range(2)} == {
        "Failed to load resource: net::ERR_FAILED",
        f"{address}/api/order/cart/update/: net::ERR_FAILED",
    }


def test_a_visitor_whom_the_store_does_not_know_any_more_begins_anew(
    visit: Visit, address: str, complaints: list[str]
) -> None:
    page = visit()
    page.evaluate("localStorage.setItem('shop:/api/:customer', 'gone')")
    put_in_cart(page, 15, "Pour-Over Dripper Size 2, white porcelain")
    assert cart(address, page) == {15: 1}
    assert complaints.pop() == REFUSED


def test_a_shop_that_cannot_be_reached_is_told_and_tried_again(visit: Visit, complaints: list[str]) -> None:
    page = visit()
    see(page, "All products")
    page.route("**/api/**", lambda route: route.abort())
    page.locator(".tile").first.click()
    see(page, "That did not work")
    page.unroute_all()
    press(page, "Try again")
    see(page, "Enamel Kettle 1.2 l, cream")
    assert complaints
    complaints.clear()


def test_an_access_token_that_has_expired_is_made_anew(visit: Visit, complaints: list[str]) -> None:
    page = visit("#/orders")
    see(page, "Log in")
    page.get_by_role("link", name="Register").click()
    register(page, "ann.stays")
    see(page, "No orders yet")
    page.evaluate("localStorage.setItem('shop:/api/:access', 'x.y.z')")
    page.reload()
    see(page, "No orders yet")
    assert remembered(page, "access") != "x.y.z"
    assert complaints.pop() == "Failed to load resource: the server responded with a status of 401 (Unauthorized)"


def test_back_and_forward_lead_to_the_same_place(visit: Visit) -> None:
    page = visit("#/?category=5")
    see(page, "Kitchen")
    page.get_by_role("link", name="Next").click()
    expect(page.locator(".pages [aria-current]")).to_have_text("2")
    last = page.locator(".tile").last
    last.scroll_into_view_if_needed()
    height = page.evaluate("scrollY")
    title = last.locator("h2").inner_text()
    last.click()
    see(page, title)
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    assert page.evaluate("scrollY") == 0
    page.go_back()
    see(page, "Kitchen")
    expect(page.locator(".pages [aria-current]")).to_have_text("2")
    assert page.evaluate("scrollY") == height
    page.go_forward()
    see(page, title)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_is_wider_than_the_smallest_screen(visit: Visit, scheme: str) -> None:
    page = visit(**SMALLEST, color_scheme=scheme)
    put_in_cart(page, 56, "Wool Picnic Blanket 150 × 130 cm, blue check")
    home = page.url.partition("#")[0]
    for path, heading in {
        "#/": "All products",
        "#/cart": "Cart",
        "#/checkout": "Checkout",
        "#/login": "Log in",
        "#/nothing": "Page not found",
    }.items():
        page.goto(home + path)
        see(page, heading)
        assert page.evaluate("document.documentElement.scrollWidth") == 320, path

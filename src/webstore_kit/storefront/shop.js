// @ts-check
/**
 * A demo shop on the store's API, with nothing but what browsers bring along.
 *
 * It is there to be read and copied from. In this order: which page is shown, the pages, what a visitor does, the API,
 * what is remembered, money, and how elements are made. A page is named by what stands after # in the address, so that
 * the shop works wherever it is put: #/, #/product/5, #/cart.
 *
 * @typedef {{id: number, title: string}} Named a brand or a category
 * @typedef {{id: number, title: string, price: string, old_price: ?string, photo: string, brand: ?Named}} Preview
 * @typedef {Preview & {quantity: number, description: ?string, reviews: {id: number, review: string}[]}} Product
 * @typedef {{page: number, pages: number, count: number, result: Preview[]}} Listing
 * @typedef {{id: number, price: string, quantity: number, product: number}} Line of a cart
 * @typedef {Line & {details: ?Product}} DetailedLine with null where the product is no longer sold
 * @typedef {{product: string, price: string, quantity: number}} OrderLine
 * @typedef {{id: number, is_ordered: boolean, time_checkout: string, products: OrderLine[]}} Order
 * @typedef {{title: string, summary?: string, content: Child[]}} Page what is shown, and what is said of it
 * @typedef {(Node|string|null|false)} Child
 */

const API = new URL("api/", document.baseURI);
const STORAGE = `shop:${API.pathname}:`; // there may be several shops under one host
const ORDERED = `${STORAGE}ordered`;
const PATIENCE = 20_000; // milliseconds until a request without an answer is given up
const FEW = 3; // as many in stock are told as the last ones

/** @type {[RegExp, (params: URLSearchParams, id: number) => Page | Promise<Page>][]} */
const PAGES = [
  [/^\/$/, productsPage],
  [/^\/product\/(\d+)$/, productPage],
  [/^\/cart$/, cartPage],
  [/^\/checkout$/, checkoutPage],
  [/^\/order\/(\d+)$/, orderedPage],
  [/^\/orders$/, ordersPage],
  [/^\/login$/, logInPage],
  [/^\/register$/, registerPage],
];

const main = byId("main");
let turn = 0; // counts the pages asked for: of two at once, the later one is shown

history.scrollRestoration = "manual"; // the browser would scroll before the page is there
addEventListener("hashchange", navigate);
addEventListener("storage", countCart); // something was done in another tab
document.addEventListener("click", rememberPlace, { capture: true });
byId("search").addEventListener("submit", search);
byId("log-out").addEventListener("click", logOut);
byId("skip").addEventListener("click", skip);

// Which page is shown

/** Go to the page that the address names: to its top, or to where it was left. */
async function navigate() {
  await show();
  scrollTo(0, history.state?.y ?? 0);
}

/** Show the page that the address names, or show it anew. */
async function show() {
  const mine = ++turn;
  const focused = document.activeElement?.id;
  main.ariaBusy = "true";
  const page = await pageAt(location.hash).catch(troublePage);
  if (mine !== turn) return;
  document.title = `${page.title} – Demo shop`;
  main.replaceChildren(...present(page.content));
  main.ariaBusy = "false";
  showAccount();
  putFocus(focused);
  byId("spoken").textContent = page.summary ?? "";
}

/** @param {string} hash @returns {Promise<Page>} */
async function pageAt(hash) {
  const [path, query] = (hash.slice(1) || "/").split("?");
  for (const [pattern, page] of PAGES) {
    const found = pattern.exec(path);
    if (found) return page(new URLSearchParams(query), Number(found[1]));
  }
  return messagePage("Page not found", "There is nothing at this address.");
}

/** The page in place of one that cannot be shown. @param {any} error @returns {Page} */
function troublePage(error) {
  if (error.status === 401) return logInPage(new URLSearchParams({ next: location.hash.slice(1) }));
  if (error.status === 404) return messagePage("Page not found", "What you look for is not here, or not any more.");
  if (!(error instanceof Refused || error instanceof Unreachable)) console.error(error);
  return messagePage("That did not work", error.message, button("Try again", show, { class: "primary" }));
}

/** The focus stays where it was, if that is there still, or goes to the heading. @param {?string} [id] */
function putFocus(id) {
  const same = id ? document.getElementById(id) : null;
  const target = same && main.contains(same) ? same : main.querySelector("h1");
  if (turn > 1) target?.focus({ preventScroll: true });
}

/** Keep how far the page is scrolled, for who comes back. @param {Event} event */
function rememberPlace(event) {
  const link = event.target instanceof Element && event.target.closest("a[href^='#/']");
  if (!link) return;
  history.replaceState({ y: scrollY }, "");
  announce("");
}

/** @param {Event} event */
function skip(event) {
  event.preventDefault(); // the address names the page
  main.focus();
}

/** @param {SubmitEvent} event */
function search(event) {
  event.preventDefault();
  const text = inputIn(byId("search"), "search").value.trim();
  location.hash = text ? `#/?${new URLSearchParams({ search: text })}` : "#/";
}

// The pages

/** @param {URLSearchParams} params @returns {Promise<Page>} */
async function productsPage(params) {
  const [categories, brands, found] = await Promise.all([
    get("product/category/list/"),
    get("product/brands/all/"),
    productsFor(params),
  ]);
  inputIn(byId("search"), "search").value = params.get("search") ?? "";
  const title = titleOf(params, categories);
  const count = `${found.count} ${found.count === 1 ? "product" : "products"}`;
  const top = h("div", {}, heading(title), h("p", { class: "quiet" }, count));
  return {
    title,
    summary: count,
    content: [
      h("div", { class: "shelf" },
        h("div", { class: "top" }, top, orderingField(params)),
        filters(params, categories, brands, found.errors),
        h("div", {}, productGrid(found), pageLinks(params, found))),
    ],
  };
}

/** The products that are asked for, or none and what is wrong with the question. @param {URLSearchParams} params */
async function productsFor(params) {
  const { category, ...filters } = Object.fromEntries(params);
  const path = category ? `product/category/${encodeURIComponent(category)}/products/` : "product/all/";
  try {
    return await get(`${path}?${new URLSearchParams(filters)}`);
  } catch (error) {
    if (!(error instanceof Refused && error.status === 400)) throw error;
    return { page: 1, pages: 0, count: 0, result: [], errors: error.fields };
  }
}

/** @param {URLSearchParams} params @param {Named[]} categories */
function titleOf(params, categories) {
  const text = params.get("search");
  if (text) return `Search for “${text}”`;
  return categories.find(({ id }) => String(id) === params.get("category"))?.title ?? "All products";
}

/** @param {URLSearchParams} params */
function orderingField(params) {
  const choices = { "": "Catalogue order", price: "Price, low first", "-price": "Price, high first", title: "Name" };
  const options = Object.entries(choices).map(([value, text]) => option(value, text, params.get("ordering") ?? ""));
  const choose = () => filterBy(params, { ordering: select.value });
  const select = h("select", { id: "ordering", onchange: choose }, ...options);
  return h("label", { for: "ordering" }, "Sort by", select);
}

/** @param {URLSearchParams} params @param {Named[]} categories @param {Named[]} brands @param {Fields} [errors] */
function filters(params, categories, brands, errors) {
  const chosen = params.get("brand_id") ?? "";
  const brand = h("select", { id: "brand", onchange: () => filterBy(params, { brand_id: brand.value }) },
    option("", "All brands", chosen), ...brands.map(({ id, title }) => option(String(id), title, chosen)));
  const range = form("Apply", [priceRange(params)], async (values) => filterBy(params, values));
  if (errors) showErrors(range, new Refused(400, errors));
  return h("details", { class: "filters", open: matchMedia("(min-width: 60rem)").matches || Boolean(errors) },
    h("summary", {}, "Filter"),
    h("div", { class: "stack" },
      categoryLinks(params, categories),
      h("div", {}, h("label", { for: "brand" }, "Brand"), brand),
      range));
}

/** @param {URLSearchParams} params @param {Named[]} categories */
function categoryLinks(params, categories) {
  const chosen = params.get("category") ?? "";
  const links = [{ id: "", title: "All products" }, ...categories].map(({ id, title }) =>
    h("li", {}, h("a", {
      id: `category-${id}`,
      href: listAddress(params, { category: String(id) }),
      "aria-current": String(id) === chosen && "true",
    }, title)));
  return h("nav", { "aria-label": "Categories" }, h("ul", { class: "kinds" }, ...links));
}

/** @param {URLSearchParams} params */
function priceRange(params) {
  const bound = (/** @type {string} */ name, /** @type {string} */ label) =>
    field(name, label, { required: true, inputmode: "decimal", value: params.get(name) ?? "" });
  return h("fieldset", {}, h("legend", {}, "Price"),
    h("div", { class: "range" }, bound("min_price", "from"), bound("max_price", "to")));
}

/** @param {URLSearchParams} params @param {Record<string, string>} changes */
function filterBy(params, changes) {
  location.hash = listAddress(params, changes);
}

/**
 * The address of the list with other filters; it begins at its first page.
 * @param {URLSearchParams} params @param {Record<string, string>} changes
 */
function listAddress(params, changes) {
  const wanted = Object.entries({ ...Object.fromEntries(params), page: "", ...changes }).filter(([, value]) => value);
  return wanted.length ? `#/?${new URLSearchParams(wanted)}` : "#/";
}

/** @param {Listing} found */
function productGrid(found) {
  if (!found.result.length) return h("p", { class: "empty" }, "Nothing fits. Try fewer filters, or other words.");
  return h("ul", { class: "grid" }, ...found.result.map((product) => h("li", {}, tile(product))));
}

/** @param {Preview} product */
function tile(product) {
  return h("a", { class: "tile", href: `#/product/${product.id}` },
    picture(product.photo, 480, "lazy"),
    h("p", { class: "brand" }, product.brand?.title ?? "\u00a0"),
    h("h2", {}, product.title),
    price(product));
}

/** @param {URLSearchParams} params @param {Listing} found */
function pageLinks(params, { page, pages }) {
  if (pages < 2) return null;
  const to = (/** @type {number} */ number, /** @type {string} */ text, /** @type {object} */ attributes = {}) =>
    h("a", { href: listAddress(params, { page: number > 1 ? String(number) : "" }), ...attributes }, text);
  const numbered = (/** @type {number} */ number) =>
    to(number, String(number), { "aria-label": `Page ${number}`, "aria-current": number === page && "page" });
  return h("nav", { class: "pages", "aria-label": "Pages" },
    page > 1 && to(page - 1, "← Previous", { rel: "prev" }),
    ...pagesAround(page, pages).map((number) => (number ? numbered(number) : h("span", {}, "…"))),
    page < pages && to(page + 1, "Next →", { rel: "next" }));
}

/** The first page, the last, those around this one, and 0 for a gap. @param {number} page @param {number} pages */
function pagesAround(page, pages) {
  const shown = [...new Set([1, page - 1, page, page + 1, pages])].filter((number) => number >= 1 && number <= pages);
  return shown.flatMap((number, place) => (place && number - shown[place - 1] > 1 ? [0, number] : [number]));
}

/** @param {URLSearchParams} _ @param {number} id @returns {Promise<Page>} */
async function productPage(_, id) {
  /** @type {[Product, Line[]]} */
  const [product, lines] = await Promise.all([get(`product/get/${id}/`), cartLines()]);
  showCount(lines.length);
  const inCart = lines.find((line) => line.product === id)?.quantity ?? 0;
  return {
    title: product.title,
    content: [
      h("a", { href: "#/" }, "← All products"),
      h("article", { class: "product" },
        picture(product.photo, 480),
        h("div", { class: "stack" },
          h("div", {},
            product.brand && h("p", { class: "quiet" }, product.brand.title),
            heading(product.title)),
          price(product),
          stock(product.quantity),
          product.quantity > 0 && buyForm(product, inCart),
          product.description && h("p", { class: "description" }, product.description))),
      reviews(product),
    ],
  };
}

/** @param {number} quantity */
function stock(quantity) {
  if (!quantity) return h("p", { class: "stock none" }, "Sold out");
  return quantity <= FEW
    ? h("p", { class: "stock few" }, `Only ${quantity} left`)
    : h("p", { class: "stock" }, `${quantity} in stock`);
}

/** @param {Product} product @param {number} inCart */
function buyForm(product, inCart) {
  const note = h("p", { class: "note", id: "in-cart" });
  const tellCart = (/** @type {number} */ count) =>
    count && note.replaceChildren(`${count} in your cart. `, h("a", { href: "#/cart" }, "Go to the cart"));
  tellCart(inCart);
  const element = form("Add to cart", [amount("quantity", product.title, 1)], async (values) => {
    tellCart(await addToCart(product.id, Number(values.quantity)));
    announce(`${product.title} is in your cart.`);
  });
  element.className = "buy";
  element.append(note);
  return element;
}

/** @param {Product} product */
function reviews(product) {
  return h("section", { class: "reviews stack" },
    h("h2", {}, product.reviews.length ? `Reviews (${product.reviews.length})` : "No reviews yet"),
    product.reviews.length > 0 && h("ul", {}, ...product.reviews.map(({ review }) => h("li", {}, review))));
}

/** @returns {Promise<Page>} */
async function cartPage() {
  const [lines, totals] = await Promise.all([detailedLines(), cartTotals()]);
  showCount(lines.length);
  if (!lines.length) return messagePage("Your cart is empty", "What you put in stays there until you come back.");
  return {
    title: "Cart",
    content: [
      heading("Cart"),
      h("div", { class: "two" },
        h("ul", {}, ...lines.map(cartLine)),
        h("aside", { class: "card stack" }, h("dl", { class: "sums" }, ...totalRows(totals)),
          h("a", { class: "button primary full", href: "#/checkout" }, "Check out"))),
    ],
  };
}

/** @param {DetailedLine} line */
function cartLine(line) {
  const { product, quantity, details } = line;
  const title = details?.title ?? "A product that is no longer sold";
  const error = h("p", { class: "error", role: "alert" });
  const change = (/** @type {number} */ wanted) => changeLine(product, wanted).catch((trouble) => {
    error.textContent = trouble.message;
    chooser.querySelector("input").value = String(quantity);
  });
  const chooser = amount(`quantity-${product}`, title, quantity, change);
  const remove = button("Remove", () => change(0), { class: "plain", "aria-label": `Remove ${title}` });
  return h("li", { class: "line" },
    details ? picture(details.photo, 72) : h("span"),
    h("h2", {}, details ? h("a", { href: `#/product/${product}` }, title) : title),
    h("div", { class: "row" }, details && chooser, remove, h("span", { class: "price" }, money(cost(line)))),
    error);
}

/** @returns {Promise<Page>} */
async function checkoutPage() {
  const asked = [detailedLines(), cartTotals(), isLoggedIn() ? knownCustomer() : null];
  const [lines, totals, known] = await Promise.all(asked);
  if (!lines.length) return cartPage();
  const due = h("dl", { class: "sums" }, ...lines.map(sumRow), ...totalRows(totals));
  const address = form("Order now", [addressFields(known ?? {})], (values) => order(values, lines));
  // What sending costs may depend on where it goes.
  address.addEventListener("change", async () => {
    const now = await cartTotals(address.elements).catch(() => totals);
    due.replaceChildren(...lines.map(sumRow), ...totalRows(now));
  });
  const change = h("a", { href: "#/cart" }, "Change the cart");
  return {
    title: "Checkout",
    content: [
      heading("Checkout"),
      !isLoggedIn() && accountHint(),
      h("div", { class: "two" },
        h("section", { class: "card" }, address),
        h("aside", { class: "card stack" }, h("h2", {}, "Your order"), due, change)),
    ],
  };
}

function accountHint() {
  return h("p", { class: "quiet" },
    "You need no account. ", h("a", { href: "#/login?next=/checkout" }, "Log in"), " if you have one, or ",
    h("a", { href: "#/register?next=/checkout" }, "register"), " to see your orders later.");
}

/** @param {Record<string, any>} known what the store knows of the customer */
function addressFields(known) {
  const wide = { class: "all" };
  return h("div", { class: "fields pairs" },
    field("first_name", "First name", { required: true, autocomplete: "given-name", value: known.first_name }),
    field("last_name", "Last name", { required: true, autocomplete: "family-name", value: known.last_name }),
    field("email", "E-mail", { required: true, type: "email", autocomplete: "email", value: known.email }),
    field("phone", "Phone", { type: "tel", autocomplete: "tel", value: known.phone }),
    field("address", "Street and number", { required: true, autocomplete: "street-address" }, wide),
    field("post_code", "Post code", { required: true, autocomplete: "postal-code" }, { class: "third" }),
    field("city", "City", { required: true, autocomplete: "address-level2" }, { class: "rest" }),
    field("country", "Country", { required: true, autocomplete: "country-name" }, wide));
}

/** @param {URLSearchParams} _ @param {number} id @returns {Page} */
function orderedPage(_, id) {
  const order = JSON.parse(sessionStorage.getItem(ORDERED) ?? "null");
  if (order?.id !== id) return messagePage("Page not found", "There is nothing at this address.");
  return {
    title: "Thank you",
    content: [
      h("div", { class: "reading stack" },
        h("span", { class: "tick", "aria-hidden": "true" }, "✓"),
        heading("Thank you for your order"),
        h("p", {}, "Order ", h("strong", { id: "order-id" }, String(id)), ` of ${order.email} is placed.`),
        h("ul", { class: "card stack" }, ...order.lines.map((/** @type {{title: string, quantity: number}} */ line) =>
          h("li", {}, `${line.quantity} × ${line.title}`))),
        h("p", { class: "buy" }, isLoggedIn() && h("a", { class: "button", href: "#/orders" }, "My orders"),
          h("a", { class: "button primary", href: "#/" }, "Go on shopping"))),
    ],
  };
}

/** @returns {Promise<Page>} */
async function ordersPage() {
  /** @type {Order[]} */
  const orders = (await asUser("customer/myorders/")).filter((/** @type {Order} */ order) => order.is_ordered);
  if (!orders.length) return messagePage("No orders yet", "What you order is listed here.");
  return {
    title: "My orders",
    content: [
      h("div", { class: "reading stack" }, heading("My orders"), ...orders.reverse().map(orderCard)),
    ],
  };
}

/** @param {Order} order */
function orderCard(order) {
  const day = new Date(order.time_checkout).toLocaleDateString(document.documentElement.lang, { dateStyle: "long" });
  return h("article", { class: "card" },
    h("h2", {}, `Order ${order.id}`),
    h("p", { class: "quiet" }, h("time", { datetime: order.time_checkout }, day)),
    sums(order.products.map((line) => ({ ...line, details: { title: line.product } }))));
}

/** @param {URLSearchParams} params @returns {Page} */
function logInPage(params) {
  const next = nextOf(params);
  const fields = h("div", { class: "fields" },
    field("username", "User name", { required: true, autocomplete: "username", autocapitalize: "none" }),
    field("password", "Password", { required: true, type: "password", autocomplete: "current-password" }));
  return accountPage("Log in", form("Log in", [fields], async (values) => {
    await logIn(values.username, values.password);
    leaveFor(next);
  }), "You have no account? ", h("a", { href: `#/register?${new URLSearchParams({ next })}` }, "Register"));
}

/** @param {URLSearchParams} params @returns {Page} */
function registerPage(params) {
  const next = nextOf(params);
  const fields = h("div", { class: "fields" },
    field("username", "User name", { required: true, autocomplete: "username", autocapitalize: "none" }),
    field("email", "E-mail", { type: "email", autocomplete: "email" }),
    field("password", "Password", { required: true, type: "password", autocomplete: "new-password" }));
  return accountPage("Register", form("Register", [fields], async (values) => {
    await register(values);
    leaveFor(next);
  }), "You have an account? ", h("a", { href: `#/login?${new URLSearchParams({ next })}` }, "Log in"));
}

/** @param {string} title @param {HTMLFormElement} element @param {...Child} otherwise @returns {Page} */
function accountPage(title, element, ...otherwise) {
  const card = h("section", { class: "card" }, element);
  const hint = h("p", { class: "quiet" }, ...otherwise);
  return { title, content: [h("div", { class: "narrow stack" }, heading(title), card, hint)] };
}

/** @param {string} title @param {string} text @param {Child} [action] @returns {Page} */
function messagePage(title, text, action = h("a", { class: "button primary", href: "#/" }, "See all products")) {
  const sentence = h("p", { class: "quiet" }, text);
  return { title, content: [h("div", { class: "empty" }, heading(title), sentence, action)] };
}

/** Where to go from a form, which is a page of ours and nothing else. @param {URLSearchParams} params */
function nextOf(params) {
  const next = params.get("next") ?? "";
  return next.startsWith("/") ? next : "/";
}

/** Go to a page in place of the present one, which nobody wants to go back to. @param {string} path */
function leaveFor(path) {
  if (location.hash === `#${path}`) show();
  else location.replace(`#${path}`);
}

// What a visitor does

/**
 * Where something was put in the cart and no answer came: how many of it were there before. It may be in the cart or
 * not; who tries again sets the same quantity. @type {Map<number, number>}
 */
const countedBefore = new Map();

/** Put that many more in the cart; answers how many are in it now. @param {number} product @param {number} more */
async function addToCart(product, more) {
  const before = countedBefore.get(product) ?? (await quantityInCart(product));
  countedBefore.set(product, before);
  await setQuantity(product, before + more);
  return before + more;
}

/** @param {number} product */
async function quantityInCart(product) {
  const lines = await cartLines();
  return lines.find((line) => line.product === product)?.quantity ?? 0;
}

/** @param {number} product @param {number} wanted */
async function changeLine(product, wanted) {
  await setQuantity(product, wanted);
  announce(wanted ? `The cart has ${wanted} of it now.` : "Taken out of the cart.");
  await show();
}

/** Changes of the cart are sent one after the other, so that of two quick ones the later counts. */
let lastChange = Promise.resolve();

/** Set how many there are in the cart; with 0 it is taken out. @param {number} product @param {number} quantity */
function setQuantity(product, quantity) {
  const change = lastChange.then(() => sendQuantity(product, quantity));
  lastChange = change.catch(() => {});
  return change;
}

/** @param {number} product_id @param {number} quantity */
async function sendQuantity(product_id, quantity) {
  const answer = await withCustomer((token) => once("POST", "order/cart/update/", { token, product_id, quantity }))
    .catch((error) => {
      if (error instanceof Refused) countedBefore.delete(product_id);
      throw error;
    });
  countedBefore.delete(product_id);
  showCount(answer.cart_items_count);
}

/**
 * Do what needs the customer token. A store that does not know it may be another one by now: then once more, with a new
 * token.
 * @template T @param {(token: string) => Promise<T>} work @returns {Promise<T>}
 */
async function withCustomer(work) {
  try {
    return await work(await customerToken());
  } catch (error) {
    if (!(error instanceof Refused && error.fields.token)) throw error;
  }
  changeCustomer(null);
  return work(await customerToken());
}

/** @param {?string} token */
function changeCustomer(token) {
  save("customer", token);
  countedBefore.clear();
}

/** Order what is in the cart. @param {Record<string, string>} values @param {DetailedLine[]} lines */
async function order(values, lines) {
  const answer = await withCustomer((token) => once("PUT", "order/finalize/", { token, ...values }));
  const bought = lines.map(({ quantity, details }) => ({ quantity, title: details?.title }));
  sessionStorage.setItem(ORDERED, JSON.stringify({ id: answer.id, email: values.email, lines: bought }));
  showCount(0);
  leaveFor(`/order/${answer.id}`);
}

/** Register with the visitor's customer token, so that the cart stays. @param {Record<string, string>} values */
async function register(values) {
  await withCustomer((token) => once("POST", "customer/registration/", { token, ...values }));
  await logIn(values.username, values.password);
}

/** @param {string} username @param {string} password */
async function logIn(username, password) {
  const tokens = await request("POST", "jwt/auth/", { body: { username, password } });
  save("access", tokens.access);
  save("refresh", tokens.refresh);
  await takeCartAlong();
}

/** The user has a cart already, maybe filled elsewhere: add what the visitor has put in this one. */
async function takeCartAlong() {
  const brought = await cartLines();
  const user = await knownCustomer();
  if (!user || user.token === saved("customer")) return;
  changeCustomer(user.token);
  const there = await cartLines();
  for (const { product, quantity } of brought) {
    const has = there.find((line) => line.product === product)?.quantity ?? 0;
    if (quantity > has) await setQuantity(product, quantity).catch(tellRefusal);
  }
  await countCart();
}

/** Forget the user, and with the customer token the cart: the next visitor gets a fresh one. */
function logOut() {
  forgetUser();
  changeCustomer(null);
  sessionStorage.removeItem(ORDERED);
  showCount(0);
  announce("You are logged out.");
  leaveFor("/");
}

/** @returns {Promise<Line[]>} */
async function cartLines() {
  const token = saved("customer");
  return token ? get(`order/cart/list/${token}/`) : [];
}

/**
 * What the cart comes to, for sending it to what is typed in so far.
 * @param {Record<string, {value: string}>} [typed] @returns {Promise<Totals>}
 */
function cartTotals(typed = {}) {
  const places = ["country", "city", "post_code"].filter((name) => typed[name]?.value);
  const query = new URLSearchParams(places.map((name) => [name, typed[name].value]));
  return get(`order/cart/totals/${saved("customer") ?? "nobody"}/?${query}`);
}

/** Show how many lines the cart has, where that can be had. */
async function countCart() {
  showAccount();
  await cartLines().then((lines) => showCount(lines.length), tellNothing);
}

/** @returns {Promise<DetailedLine[]>} */
async function detailedLines() {
  const lines = await cartLines();
  return Promise.all(lines.map(async (line) => ({ ...line, details: await productIfSold(line.product) })));
}

/** @param {number} id @returns {Promise<?Product>} */
function productIfSold(id) {
  return get(`product/get/${id}/`).catch(unlessMissing);
}

/** The customer of the user, who may have none. @returns {Promise<?Record<string, any>>} */
function knownCustomer() {
  return asUser("customer/getuser/").catch(unlessMissing);
}

// The API

/** @typedef {Record<string, string[]>} Fields the messages of each wrong field */

/** The store has said no: the sentence for the visitor, and the messages of each field. */
class Refused extends Error {
  /** @param {number} status @param {any} body */
  constructor(status, body) {
    super(body.error ?? body.detail ?? Object.values(body).flat().join(" "));
    this.status = status;
    /** @type {Fields} */
    this.fields = body.errors ?? (status === 400 && !body.error && !body.detail ? body : {});
  }
}

/** No answer came, or none of the store's. Whether the store has done what it was asked is not known. */
class Unreachable extends Error {
  constructor() {
    super("No answer came from the shop. Please check the connection and try again; nothing is done twice.");
  }
}

/** @param {string} path */
function get(path) {
  return request("GET", path);
}

/** Ask on behalf of the user; an access token that has expired is made anew once. @param {string} path */
async function asUser(path) {
  const ask = () => request("GET", path, { headers: { Authorization: `Bearer ${saved("access")}` } });
  if (!isLoggedIn()) throw new Refused(401, { detail: "Please log in." });
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof Refused && error.status === 401)) throw error;
  }
  await refresh();
  return ask();
}

/** @type {?Promise<void>} */
let refreshing = null;

/** Get a new access token; several who ask at once wait for one. */
function refresh() {
  refreshing ??= request("POST", "jwt/refresh/", { body: { refresh: saved("refresh") } })
    .then(({ access }) => save("access", access))
    .catch((error) => {
      if (error instanceof Refused) forgetUser();
      throw error;
    })
    .finally(() => (refreshing = null));
  return refreshing;
}

/** @type {?Promise<string>} */
let creating = null;

/** The token of this visitor and the cart, made when it is needed first. @returns {Promise<string>} */
async function customerToken() {
  const known = saved("customer");
  if (known) return known;
  creating ??= request("POST", "customer/create/", { body: {} })
    .then(({ customer_token }) => (save("customer", customer_token), customer_token))
    .finally(() => (creating = null));
  return creating;
}

/** By path, the last thing that was asked and has got no answer. @type {Map<string, {text: string, key: string}>} */
const unanswered = new Map();

/**
 * Ask for something that must not happen twice. The same again after no answer came has the same key, so that the store
 * knows it.
 * @param {string} method @param {string} path @param {object} body
 */
async function once(method, path, body) {
  const text = JSON.stringify(body);
  const before = unanswered.get(path);
  const attempt = before?.text === text ? before : { text, key: newKey() };
  unanswered.delete(path);
  try {
    return await request(method, path, { body, headers: { "Idempotency-Key": attempt.key } });
  } catch (error) {
    if (error instanceof Unreachable) unanswered.set(path, attempt);
    throw error;
  }
}

/** 32 random digits. (`crypto.randomUUID` is not there on a page without TLS.) */
function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * The answer of the store; throws Refused or Unreachable. Where the store says when to come again, that is done.
 * @param {string} method @param {string} path
 * @param {{body?: object, headers?: Record<string, string>, tries?: number}} [options]
 * @returns {Promise<any>}
 */
async function request(method, path, { body, headers = {}, tries = 3 } = {}) {
  const response = await fetch(new URL(path, API), {
    method,
    headers: body ? { "Content-Type": "application/json", ...headers } : headers,
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(PATIENCE),
  }).catch(noAnswer);
  const seconds = Number(response.headers.get("Retry-After"));
  if (seconds && tries > 1 && (response.status === 409 || response.status === 503)) {
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    return request(method, path, { body, headers, tries: tries - 1 });
  }
  const answer = await response.json().catch(noAnswer);
  if (!response.ok) throw new Refused(response.status, answer);
  return answer;
}

/** @returns {never} */
function noAnswer() {
  throw new Unreachable();
}

/** For `catch`: null in place of what is not there. @param {any} error @returns {null} */
function unlessMissing(error) {
  if (error.status !== 404) throw error;
  return null;
}

/** For `catch`: a refusal is told, and nothing more. @param {any} error */
function tellRefusal(error) {
  if (!(error instanceof Refused)) throw error;
  announce(error.message);
}

/** For `catch`: the visitor has asked for nothing, and sees it on the page itself. */
function tellNothing() {}

// What is remembered

/** @param {string} name @returns {?string} */
function saved(name) {
  return localStorage.getItem(STORAGE + name);
}

/** @param {string} name @param {?string} value */
function save(name, value) {
  if (value === null) localStorage.removeItem(STORAGE + name);
  else localStorage.setItem(STORAGE + name, value);
}

function isLoggedIn() {
  return saved("refresh") !== null;
}

function forgetUser() {
  save("access", null);
  save("refresh", null);
}

// Money: text with two decimals, and whole cents to add up; never a number with a fraction

/** @param {string} text @returns {bigint} */
function cents(text) {
  return BigInt(text.replace(".", ""));
}

/** @param {bigint} amount */
function money(amount) {
  const digits = String(amount).padStart(3, "0");
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** @typedef {{price: string, quantity: number, details: ?{title: string}}} Cost */
/** @typedef {{subtotal: string, shipping: string, tax: string, tax_is_included: boolean, total: string}} Totals */

/** @param {Cost} line */
function cost(line) {
  return cents(line.price) * BigInt(line.quantity);
}

/** What each line costs, and all of them. @param {Cost[]} lines */
function sums(lines) {
  return h("dl", { class: "sums" }, ...lines.map(sumRow), totalRow(lines));
}

/** @param {Cost} line */
function sumRow(line) {
  const title = line.details?.title ?? "No longer sold";
  return h("div", {}, h("dt", {}, `${line.quantity} × ${title}`), h("dd", {}, money(cost(line))));
}

/** @param {Cost[]} lines */
function totalRow(lines) {
  const total = lines.reduce((sum, line) => sum + cost(line), 0n);
  return h("div", { class: "sum" }, h("dt", {}, "Total"), h("dd", {}, money(total)));
}

/** @param {Totals} totals what the store says that the cart comes to */
function totalRows({ shipping, tax, tax_is_included, total }) {
  return [
    cents(shipping) > 0n && h("div", {}, h("dt", {}, "Shipping"), h("dd", {}, shipping)),
    cents(tax) > 0n && h("div", {}, h("dt", {}, tax_is_included ? "Tax, included" : "Tax"), h("dd", {}, tax)),
    h("div", { class: "sum" }, h("dt", {}, "Total"), h("dd", {}, total)),
  ].filter(Boolean);
}

/** @param {Preview} product */
function price({ price: now, old_price: before }) {
  if (!before) return h("p", { class: "price" }, now);
  const old = h("s", {}, h("span", { class: "unseen" }, "before: "), before);
  return h("p", { class: "price reduced" }, h("strong", {}, now), old);
}

// Elements

/**
 * An element. Attributes that begin with "on" are listeners, `true` is an attribute without a value, and null or false
 * is none. Text is always text, never markup.
 * @param {string} name @param {Record<string, any>} [attributes] @param {...Child} children @returns {any}
 */
function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value != null && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...present(children));
  return element;
}

/** @param {Child[]} children @returns {(Node|string)[]} */
function present(children) {
  return children.filter((child) => child !== null && child !== false);
}

/** The heading of a page; it takes the focus, so that who listens hears it. @param {string} title */
function heading(title) {
  return h("h1", { tabindex: -1 }, title);
}

/** @param {string} text @param {() => unknown} press @param {object} [attributes] */
function button(text, press, attributes = {}) {
  return h("button", { type: "button", onclick: press, ...attributes }, text);
}

/** @param {string} src @param {number} size @param {string} [loading] */
function picture(src, size, loading = "eager") {
  return h("img", { src, alt: "", width: size, height: size, loading, decoding: "async" });
}

/** @param {string} value @param {string} text @param {string} chosen */
function option(value, text, chosen) {
  return h("option", { value, selected: value === chosen }, text);
}

/**
 * A field with its label and a place for its error.
 * @param {string} name @param {string} label @param {object} attributes @param {object} [box]
 */
function field(name, label, attributes, box = {}) {
  const id = `field-${name}`;
  const isOptional = !("required" in attributes);
  return h("div", box,
    h("label", { for: id }, label, isOptional && h("span", {}, "optional")),
    h("input", { id, name, "aria-describedby": `${id}-error`, ...attributes }),
    h("p", { class: "error", id: `${id}-error` }));
}

/**
 * A number of pieces, with a button for one less and one more.
 * @param {string} id @param {string} title @param {number} quantity @param {(wanted: number) => unknown} [onChange]
 */
function amount(id, title, quantity, onChange = () => {}) {
  const set = (/** @type {number} */ wanted) => {
    input.value = String(Math.max(1, wanted));
    onChange(Number(input.value));
  };
  const input = h("input", { id, name: "quantity", type: "number", inputmode: "numeric", min: 1, value: quantity,
    "aria-label": `How many of ${title}`, onchange: () => set(Math.trunc(Number(input.value))) });
  const step = (/** @type {number} */ by, /** @type {string} */ sign, /** @type {string} */ words) =>
    button(sign, () => set(Number(input.value) + by), { id: `${id}${sign}`, "aria-label": `One ${words} of ${title}` });
  return h("div", { class: "amount" }, step(-1, "−", "less"), input, step(1, "+", "more"));
}

/**
 * A form that is sent once at a time, however often it is pressed, and shows what the store has against its fields.
 * @param {string} submit @param {Node[]} fields @param {(values: Record<string, string>) => Promise<unknown>} send
 * @returns {HTMLFormElement}
 */
function form(submit, fields, send) {
  const element = h("form", { class: "stack", novalidate: true },
    ...fields, h("button", { class: "primary" }, submit), h("p", { class: "alert", role: "alert" }));
  element.addEventListener("input", (/** @type {any} */ { target }) => showError(element, target, ""));
  element.addEventListener("submit", async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (element.ariaBusy === "true") return;
    element.ariaBusy = "true";
    showErrors(element, null);
    announce("");
    const values = /** @type {Record<string, string>} */ (Object.fromEntries(new FormData(element)));
    await send(values).catch((error) => showErrors(element, error));
    element.ariaBusy = "false";
  });
  return element;
}

/**
 * Show each message at its field, and go to the first one; null clears all.
 * @param {HTMLFormElement} element @param {any} error
 */
function showErrors(element, error) {
  const alert = /** @type {HTMLElement} */ (element.querySelector(".alert"));
  const inputs = [...element.querySelectorAll("input")];
  for (const input of inputs) showError(element, input, error?.fields?.[input.name]?.join(" ") ?? "");
  const wrong = inputs.filter((input) => input.ariaInvalid === "true");
  alert.textContent = wrong.length ? "Please look at the fields that are marked." : error?.message ?? "";
  wrong[0]?.focus();
}

/** @param {HTMLFormElement} element @param {HTMLInputElement} input @param {string} message */
function showError(element, input, message) {
  const place = element.querySelector(`#${input.id}-error`);
  if (!place) return;
  place.textContent = message;
  input.ariaInvalid = message ? "true" : null;
}

/** Tell it to those who see and to those who listen. @param {string} text */
function announce(text) {
  const status = byId("status");
  status.textContent = text;
  setTimeout(() => status.textContent === text && (status.textContent = ""), 5000);
}

/** Show in the head of the page whether somebody is logged in, and where in the shop the visitor is. */
function showAccount() {
  for (const element of document.querySelectorAll("[data-for]")) {
    if (element instanceof HTMLElement) element.hidden = (element.dataset.for === "user") !== isLoggedIn();
  }
  for (const link of document.querySelectorAll("header nav a")) {
    link.ariaCurrent = link.getAttribute("href") === location.hash ? "page" : null;
  }
}

/** @param {number} count the lines of the cart */
function showCount(count) {
  const badge = byId("count");
  badge.hidden = !count;
  badge.textContent = String(count);
}

/** @param {string} id @returns {HTMLElement} */
function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** @param {Element} element @param {string} name @returns {HTMLInputElement} */
function inputIn(element, name) {
  return /** @type {HTMLInputElement} */ (element.querySelector(`[name="${name}"]`));
}

// All is there: begin

show();
countCart();

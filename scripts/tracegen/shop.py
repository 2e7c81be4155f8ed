"""A web shop's checkout, told twice: once with a retry and an N+1, once with two plain slow calls."""

from __future__ import annotations

from scripts.tracegen.semconv import AGENT, grpc, http_client, http_server, kafka, old_sql, redis
from scripts.tracegen.story import CLIENT, CONSUMER, INTERNAL, PRODUCER, SERVER, Attributes, Span, Story

NODE_HTTP = ("@opentelemetry/instrumentation-http", "0.57.0")
JAVA_JDBC = ("io.opentelemetry.jdbc", "2.10.0-alpha")
JAVA_TOMCAT = ("io.opentelemetry.tomcat-10.0", "2.10.0-alpha")
GO_HTTP = ("go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp", "0.57.0")
PY_FASTAPI = ("opentelemetry.instrumentation.fastapi", "0.50b0")
PY_HTTPX = ("opentelemetry.instrumentation.httpx", "0.50b0")

CHARGE_STACK = """\
Traceback (most recent call last):
  File "/app/payment/gateway.py", line 88, in charge
    reply = await client.post("/charge", json=body, timeout=deadline.left())
  File "/app/payment/deadline.py", line 41, in post
    raise TimeoutError("deadline exceeded")
TimeoutError: deadline exceeded"""


def checkout() -> Story:
    """59 spans: 48 like queries one after another, and a charge whose first try ends 504."""
    story = Story("4bf92f3577b34da6a3ce929d0e0e4736", 1795332063120000, first_id=0xA1B2C3D400000000)
    _checkout_resources(story)
    post = http_server("POST", "/checkout", "/checkout", 200, host="shop.example", user_agent__original=AGENT)
    root = story.span("frontend", "POST /checkout", SERVER, 0, 2_750_000, attributes=post)
    _checkout_reserve(story, root)
    _checkout_charge(story, root)
    published = next(span for span in story.spans if span.kind == PRODUCER)
    story.span(
        "email",
        "send receipt",
        CONSUMER,
        2_690_000,
        320_000,
        under=published,
        attributes=kafka("process", "stock.reserved", partition=3, offset=184_467)
        | {"messaging.message.body.size": 1_842},
    )
    return story


def _checkout_resources(story: Story) -> None:
    for service, language, version, pod in (
        ("frontend", "nodejs", "4.1.0", "frontend-5d8c7b9f4-k2m8p"),
        ("auth", "go", "1.9.3", "auth-6f7d9c5b88-zt4wn"),
        ("inventory", "java", "3.12.0", "inventory-74b6d8f9c-9qlxd"),
        ("postgres", "java", "3.12.0", "inventory-74b6d8f9c-9qlxd"),
        ("kafka", "java", "3.12.0", "inventory-74b6d8f9c-9qlxd"),
        ("payment", "python", "2.7.1", "payment-7c9f-x2vq"),
        ("risk", "python", "0.14.2", "risk-58c4f6d7b-h6r2s"),
        ("ThirdPartyGateway", "python", "2.7.1", "payment-7c9f-x2vq"),
        ("email", "go", "1.3.0", "email-66d5b7c8f-p5v7j"),
    ):
        story.resource(service, language, version, pod)


def _checkout_reserve(story: Story, root: Span) -> None:
    authorize = http_server("POST", "/authorize", "/authorize", 200, host="auth", enduser__id="4711")
    auth = story.span("auth", "authorize", SERVER, 12_000, 88_000, under=root, attributes=authorize)
    session = redis("GET", "session:4711")
    story.span("auth", "GET session:4711", CLIENT, 30_000, 22_000, under=auth, attributes=session)
    stock = http_server("POST", "/reserve", "/reserve", 200, host="inventory", shop__basket__items=48)
    reserve = story.span("inventory", "reserve", SERVER, 108_000, 640_000, under=root, attributes=stock)
    for n in range(48):
        story.span(
            "postgres",
            "SELECT stock",
            CLIENT,
            180_000 + 11_250 * n,
            11_000,
            under=reserve,
            attributes=old_sql(
                f"SELECT sku, count FROM stock WHERE sku = 'A{1000 + n}'", database="inventory", table="stock"
            ),
        )
    story.span(
        "kafka",
        "publish reserved",
        PRODUCER,
        722_000,
        20_000,
        under=reserve,
        attributes=kafka("publish", "stock.reserved", partition=3, offset=184_467),
    )


def _checkout_charge(story: Story, root: Span) -> None:
    paid = http_server("POST", "/charge", "/charge", 200, host="payment", shop__order__total=184.2)
    charge = story.span("payment", "charge", SERVER, 760_000, 1_940_000, under=root, attributes=paid)
    story.span(
        "risk",
        "score",
        SERVER,
        780_000,
        310_000,
        under=charge,
        attributes=grpc("risk.v1.Risk", "Score") | {"risk.score": 0.12, "risk.model": "gbm-2026-10"},
    )
    url = "https://gw.example/charge"
    story.span(
        "ThirdPartyGateway",
        "POST /charge",
        CLIENT,
        800_000,
        840_000,
        under=charge,
        attributes=http_client("POST", url, 504, resend=0),
    ).fail("", exception=("TimeoutError", "deadline exceeded", CHARGE_STACK), at_us=1_639_200)
    waiting: Attributes = {"retry.attempt": 1, "retry.delay_ms": 90, "retry.policy": "exponential"}
    story.span("payment", "backoff", INTERNAL, 1_640_000, 90_000, under=charge, attributes=waiting)
    story.span(
        "ThirdPartyGateway",
        "POST /charge",
        CLIENT,
        1_730_000,
        670_000,
        under=charge,
        attributes=http_client("POST", url, 200, resend=1),
    )


SLOW_STATEMENT = """\
SELECT s.sku, s.on_hand - COALESCE(SUM(r.quantity), 0) AS available
  FROM stock AS s
  LEFT JOIN reservations AS r
    ON LOWER(r.sku) = LOWER(s.sku) AND r.released_at IS NULL AND r.expires_at > now()
 WHERE s.warehouse_id = ANY ($1) AND LOWER(s.sku) IN ($2, $3, $4)
 GROUP BY s.sku, s.on_hand
   FOR UPDATE OF s"""


def shop_checkout() -> Story:
    """A checkout of 4.2 s: a query without an index (2 s), then a gateway that takes 1.7 s."""
    story = Story("7d1e0b6f93c24a58b0a4e6c2f8195d3e", 1795339291402000)
    for service, language, version, pod in (
        ("storefront", "nodejs", "8.3.2", "storefront-7f9c6d5b4-w8x2k"),
        ("cart", "go", "2.4.0", "cart-5c7b8d9f6-m4n7q"),
        ("catalog", "go", "5.0.1", "catalog-6d8f7c9b5-t2v9z"),
        ("inventory", "java", "3.12.4", "inventory-74b6d8f9c-9qlxd"),
        ("payment", "python", "2.8.0", "payment-7c9f8b6d4-x2vqh"),
        ("risk", "python", "0.14.2", "risk-58c4f6d7b-h6r2s"),
        ("ThirdPartyGateway", "dotnet", "2026.11.3", "gw-eu-1"),
        ("orders", "java", "6.1.7", "orders-59d7c8b6f-l3k8r"),
        ("shipping", "go", "1.8.0", "shipping-68c9d7f5b-j7p4s"),
        ("email", "go", "1.3.0", "email-66d5b7c8f-p5v7j"),
    ):
        story.resource(service, language, version, pod)
    post = http_server("POST", "/checkout", "/checkout", 201, host="shop.example", user_agent__original=AGENT)
    root = story.span(
        "storefront", "POST /checkout", SERVER, 0, 4_236_000, attributes=post, scope=NODE_HTTP
    ).event(4_231_500, "order.confirmed", order__id="W-2026-118204")
    _read_cart(story, root)
    _quote_shipping(story, root)
    _reserve_stock(story, root)
    _take_payment(story, root)
    _place_order(story, root)
    return story


def _call(
    story: Story,
    caller: Span,
    callee: str,
    method: str,
    route: str,
    at_us: int,
    lasts_us: int,
    scope: tuple[str, str],
) -> Span:
    """A call over HTTP: the client's span, and 3 ms inside it the server's, which is returned."""
    url = f"http://{callee}:8080{route.replace('{id}', 'c-90125')}"
    client = story.span(
        caller.service,
        f"{method} {route}",
        CLIENT,
        at_us,
        lasts_us,
        under=caller,
        attributes=http_client(method, url, 200),
        scope=NODE_HTTP if caller.service == "storefront" else GO_HTTP,
    )
    return story.span(
        callee,
        f"{method} {route}",
        SERVER,
        at_us + 3_000,
        lasts_us - 6_000,
        under=client,
        attributes=http_server(method, route, route.replace("{id}", "c-90125"), 200, host=callee),
        scope=scope,
    )


def _statement(story: Story, under: Span, statement: str, table: str, at_us: int, lasts_us: int) -> Span:
    name = f"{statement.split(None, 1)[0]} {under.service}.{table}"
    attributes = old_sql(statement, database=under.service, table=table)
    scope = JAVA_JDBC if under.scope == JAVA_TOMCAT else ("", "")
    return story.span(
        under.service, name, CLIENT, at_us, lasts_us, under=under, attributes=attributes, scope=scope
    )


def _read_cart(story: Story, root: Span) -> None:
    session = redis("GET", "session:b7c41e")
    story.span("storefront", "GET", CLIENT, 6_000, 3_000, under=root, attributes=session)
    cart = _call(story, root, "cart", "GET", "/carts/{id}", 14_000, 82_000, GO_HTTP)
    items = redis("HGETALL", "cart:c-90125")
    story.span("cart", "HGETALL", CLIENT, 22_000, 9_000, under=cart, attributes=items)
    catalog = _call(story, cart, "catalog", "GET", "/products", 36_000, 52_000, GO_HTTP)
    products = "SELECT id, name, price_cents, tax_class FROM products WHERE id = ANY ($1)"
    _statement(story, catalog, products, "products", 44_000, 35_000)


def _quote_shipping(story: Story, root: Span) -> None:
    shipping = _call(story, root, "shipping", "POST", "/quotes", 104_000, 182_000, GO_HTTP)
    for host, at_us, lasts_us in (
        ("api.carrier-a.example", 112_000, 94_000),
        ("rates.carrier-b.example", 113_000, 163_000),
    ):
        url = f"https://{host}/v2/rates"
        attributes = http_client("POST", url, 200)
        story.span(
            "shipping", "POST /v2/rates", CLIENT, at_us, lasts_us, under=shipping, attributes=attributes
        )


def _reserve_stock(story: Story, root: Span) -> None:
    inventory = _call(story, root, "inventory", "POST", "/reservations", 102_000, 2_146_000, JAVA_TOMCAT)
    slow = _statement(story, inventory, SLOW_STATEMENT, "stock", 118_000, 2_000_000)
    slow.attributes |= {"thread.name": "http-nio-8080-exec-7", "db.response.returned_rows": 3}
    insert = "INSERT INTO reservations (order_ref, sku, quantity, expires_at) VALUES ($1, $2, $3, $4)"
    _statement(story, inventory, insert, "reservations", 2_124_000, 39_000)
    sent = kafka("publish", "stock.reserved", partition=1, offset=99_314)
    story.span(
        "inventory", "stock.reserved publish", PRODUCER, 2_170_000, 18_000, under=inventory, attributes=sent
    )


def _take_payment(story: Story, root: Span) -> None:
    payment = _call(story, root, "payment", "POST", "/payments", 2_254_000, 1_862_000, PY_FASTAPI)
    intent = "INSERT INTO payment_intents (id, order_ref, amount_cents, currency) VALUES ($1, $2, $3, $4)"
    _statement(story, payment, intent, "payment_intents", 2_266_000, 18_000)
    asked = grpc("risk.v1.Risk", "Score", peer="risk")
    client = story.span(
        "payment", "risk.v1.Risk/Score", CLIENT, 2_290_000, 62_000, under=payment, attributes=asked
    )
    score = grpc("risk.v1.Risk", "Score")
    risk = story.span("risk", "risk.v1.Risk/Score", SERVER, 2_293_000, 56_000, under=client, attributes=score)
    history = redis("ZRANGEBYSCORE", "velocity:card:7731")
    story.span("risk", "ZRANGEBYSCORE", CLIENT, 2_301_000, 4_000, under=risk, attributes=history)
    url = "https://api.thirdpartygateway.example/v1/charges"
    charge = story.span(
        "payment",
        "POST /v1/charges",
        CLIENT,
        2_356_000,
        1_712_000,
        under=payment,
        attributes=http_client("POST", url, 201) | {"peer.service": "ThirdPartyGateway"},
        scope=PY_HTTPX,
    )
    charge.event(3_360_000, "still waiting", timeout__left_ms=3_996)
    served = http_server("POST", "/v1/charges", "/v1/charges", 201, host="api.thirdpartygateway.example")
    story.span(
        "ThirdPartyGateway", "POST /v1/charges", SERVER, 2_362_000, 1_700_000, under=charge, attributes=served
    ).event(3_981_000, "issuer answered", issuer__code="approved")
    done = "UPDATE payment_intents SET state = $2, gateway_ref = $3 WHERE id = $1"
    _statement(story, payment, done, "payment_intents", 4_076_000, 27_000)


def _place_order(story: Story, root: Span) -> None:
    orders = _call(story, root, "orders", "POST", "/orders", 4_120_000, 94_000, JAVA_TOMCAT)
    order = "INSERT INTO orders (id, customer_id, total_cents, payment_ref) VALUES ($1, $2, $3, $4)"
    _statement(story, orders, order, "orders", 4_130_000, 19_000)
    items = "INSERT INTO order_items (order_id, sku, quantity, price_cents) VALUES ($1, $2, $3, $4)"
    _statement(story, orders, items, "order_items", 4_151_000, 22_000)
    sent = kafka("publish", "orders.placed", partition=4, offset=51_772)
    placed = story.span(
        "orders", "orders.placed publish", PRODUCER, 4_180_000, 16_000, under=orders, attributes=sent
    )
    received = kafka("process", "orders.placed", partition=4, offset=51_772)
    email = story.span(
        "email", "orders.placed process", CONSUMER, 4_241_000, 402_000, under=placed, attributes=received
    )
    mail: Attributes = {
        "server.address": "smtp.mail.example",
        "server.port": 587,
        "email.template": "order-confirmation",
    }
    story.span("email", "SMTP send", CLIENT, 4_262_000, 371_000, under=email, attributes=mail)

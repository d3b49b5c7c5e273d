"""PayPay's own library for Python, unchanged, against the sandbox; its ready line is the argument."""

import json
import sys
import urllib.request

import paypayopa

ready = json.loads(sys.argv[1])
paypay = ready["paypay"]
client = paypayopa.Client(auth=(paypay["api_key"], paypay["api_secret"]), base_url=paypay["base_url"])


def result(answer):
    return answer["resultInfo"]["code"]


def control(path):
    urllib.request.urlopen(urllib.request.Request(ready["control"] + path, method="POST")).close()


def code(name):
    return {
        "merchantPaymentId": name,
        "codeType": "ORDER_QR",
        "amount": {"amount": 1280, "currency": "JPY"},
        "orderDescription": "たこ焼き 8個",
        "redirectUrl": "https://okini.example/back?x=1&y=2",
        "redirectType": "WEB_LINK",
    }


made = client.Code.create_qr_code(code("p-1"))
assert result(made) == "SUCCESS", made
assert made["data"]["url"].startswith("http://"), made
assert client.Code.get_payment_details("p-1")["data"]["status"] == "CREATED"
assert result(client.Code.create_qr_code(code("p-1"))) == "DUPLICATE_DYNAMIC_QR_REQUEST"

other = client.Code.create_qr_code(code("p-2"))
assert result(client.Code.delete_qr_code(other["data"]["codeId"])) == "SUCCESS"
assert result(client.Code.get_payment_details("p-2")) == "DYNAMIC_QR_PAYMENT_NOT_FOUND"

control("/paypay/pay/p-1")
paid = client.Code.get_payment_details("p-1")["data"]
assert (paid["status"], paid["amount"]["amount"]) == ("COMPLETED", 1280), paid

refund = {
    "merchantRefundId": "r-1",
    "paymentId": paid["paymentId"],
    "amount": {"amount": 280, "currency": "JPY"},
    "reason": "sold out",
}
assert result(client.Payment.refund_payment(refund)) == "SUCCESS"
assert client.Payment.refund_details("r-1")["data"]["status"] == "REFUNDED"
print("paypayopa", getattr(paypayopa, "__version__", ""), "works")

"""Forms with files, as a server reads them."""

from email import message_from_bytes, policy

from pyuibench.wire.http import multipart


def test_a_form_has_its_fields_and_its_file():
    body, headers = multipart({"files": ("orders.csv", b"a,b\r\n1,2\n")}, {"session": "x1"})
    message = message_from_bytes(f"Content-Type: {headers['Content-Type']}\r\n\r\n".encode() + body, policy=policy.HTTP)
    field, file = message.iter_parts()
    assert field.get_param("name", header="Content-Disposition") == "session"
    assert field.get_payload(decode=True) == b"x1"
    assert file.get_filename() == "orders.csv"
    assert file.get_content_type() == "text/csv"
    assert file.get_payload(decode=True) == b"a,b\r\n1,2\n"

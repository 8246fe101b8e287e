"""A time stamp authority of a test's own, made with openssl: root, authority, tokens."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

YEARS = 10
"""How long its certificates are valid."""

CONFIGURATION = """
[tsa]
default_tsa = own
[own]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = {names_by}
"""
"""What `openssl ts -reply` goes by; further lines of the authority may follow."""


class TimeStampAuthority:
    """A root, an authority below it, and the tokens that it makes."""

    def __init__(self, folder: Path, name: str, *, names_by: str = "sha256", usage: bool = True):
        self._folder = folder
        folder.mkdir(parents=True)
        now = datetime.now(UTC)
        root_key = ec.generate_private_key(ec.SECP256R1())
        root_name = _name(f"{name} root")
        root = (
            _certificate(root_name, root_name, root_key.public_key(), now)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(root_key, hashes.SHA256())
        )
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        made = _certificate(_name(name), root_name, key.public_key(), now)
        if usage:
            stamping = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
            made = made.add_extension(stamping, critical=True)
        signer = made.sign(root_key, hashes.SHA256())
        self.chain = _pem(signer) + _pem(root)
        self.root = folder / "root.pem"
        self.root.write_bytes(_pem(root))
        (folder / "tsa.pem").write_bytes(_pem(signer))
        (folder / "tsa.key").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        (folder / "serial").write_text("01\n")
        (folder / "conf").write_text(CONFIGURATION.format(folder=folder, names_by=names_by))

    def stamp(self, text: bytes, *, with_certificates: bool = True) -> bytes:
        """Return an authority's answer that stamps a text now."""
        (self._folder / "text").write_bytes(text)
        asked = ["-cert"] if with_certificates else []
        self._openssl("-query", "-data", "text", "-sha256", *asked, "-out", "query")
        self._openssl("-reply", "-config", "conf", "-queryfile", "query", "-out", "reply")
        return (self._folder / "reply").read_bytes()

    def _openssl(self, *words: str) -> None:
        subprocess.run(["openssl", "ts", *words], cwd=self._folder, check=True, capture_output=True)


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: object, now: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)  # type: ignore[arg-type]
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365 * YEARS))
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)

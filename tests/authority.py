"""An authority of a test's own that signs certificates, good ones and others."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


class Authority:
    """An authority, and the certificates that it signs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "authority")])
        self.path = folder / "authority.pem"
        signed = self._signed(self._name, self._key, self._key, days=1, is_authority=True)
        self.path.write_bytes(signed.public_bytes(serialization.Encoding.PEM))

    def context(
        self, name: str = "h.example", *, days: int = 1, is_own: bool = False
    ) -> ssl.SSLContext:
        """Return how to serve with a certificate; ``days`` until it ends; ``is_own``: signed by
        itself.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file(name, days=days, is_own=is_own))
        return context

    def file(self, name: str, *, days: int = 1, is_own: bool = False) -> Path:
        """Return a file with a certificate and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        issuer = subject if is_own else self._name
        signed = self._signed(subject, key, key if is_own else self._key, days, issuer=issuer)
        path = self._folder / "served.pem"
        secret = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        path.write_bytes(secret + signed.public_bytes(serialization.Encoding.PEM))
        return path

    def _signed(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        by: ec.EllipticCurvePrivateKey,
        days: int,
        *,
        issuer: x509.Name | None = None,
        is_authority: bool = False,
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        names = [x509.DNSName(str(each.value)) for each in subject]
        return (
            x509.CertificateBuilder(
                issuer or subject, subject, key.public_key(), x509.random_serial_number()
            )
            .not_valid_before(now - timedelta(days=10))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
            .sign(by, hashes.SHA256())
        )

"""Whom to trust: the system's certificates or those of a file, and who we are."""

from __future__ import annotations

import ssl
from pathlib import Path

from tracetui.errors import UsageError
from tracetui.files import reason

from .options import ClientOptions


def context(options: ClientOptions) -> ssl.SSLContext:
    """What checks a server's certificate and shows the client's.

    Certificates are the system's (SSL_CERT_FILE and SSL_CERT_DIR count), or certifi's where there are none.

    Raises:
        UsageError: A file cannot be read, or holds no certificate.
    """
    try:
        made = ssl.create_default_context(cafile=options.ca_file)
    except (OSError, ssl.SSLError) as error:
        raise UsageError(f"--ca-file: {options.ca_file}: {_why(error, 'certificate')}") from None
    paths = ssl.get_default_verify_paths()
    if options.ca_file is None and not (paths.cafile or paths.capath):
        import certifi

        made.load_verify_locations(certifi.where())
    if options.insecure:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    if options.client_cert is not None:
        try:
            # Else the password of an encrypted key would be asked for, on the terminal of the screen.
            made.load_cert_chain(options.client_cert, options.client_key, password=_no_password)
        except (OSError, ssl.SSLError, ValueError) as error:
            missing = options.client_key is not None and not Path(options.client_key).is_file()
            where = (
                f"--client-key: {options.client_key}" if missing else f"--client-cert: {options.client_cert}"
            )
            raise UsageError(f"{where}: {_why(error, 'certificate with its key')}") from None
    elif options.client_key is not None:
        raise UsageError("--client-key is nothing without --client-cert")
    return made


def _no_password() -> str:
    raise ValueError("the key is encrypted")


def _why(error: Exception, what: str) -> str:
    if isinstance(error, ssl.SSLError):
        return f"holds no {what}"
    return reason(error) if isinstance(error, OSError) else str(error)

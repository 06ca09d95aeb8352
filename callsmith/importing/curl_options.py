"""Which options of curl 8 have a value: all but these (``curl --help all``). What an unknown one has is its value too,
so that no password that follows an option is taken for the address."""

from __future__ import annotations

_NAMES = """
    alpn anyauth append basic buffer ca-native cert-status clobber compressed compressed-ssh create-dirs crlf digest
    disable disable-eprt disable-epsv disallow-username-in-url doh-cert-status doh-insecure dump-ca-embed
    environment eprt epsv fail fail-early fail-with-body false-start follow form-escape ftp-create-dirs ftp-pasv
    ftp-pret ftp-skip-pasv-ip ftp-ssl ftp-ssl-ccc ftp-ssl-control ftp-ssl-reqd globoff haproxy-protocol http0.9
    http1.0 http1.1 http2 http2-prior-knowledge http3 http3-only ignore-content-length include insecure ipv4 ipv6
    junk-session-cookies keepalive list-only location location-trusted mail-rcpt-allowfails manual metalink mptcp
    negotiate netrc netrc-optional npn ntlm ntlm-wb out-null parallel parallel-immediate path-as-is post301 post302
    post303 progress-bar progress-meter proxy-anyauth proxy-basic proxy-ca-native proxy-digest proxy-http2
    proxy-insecure proxy-negotiate proxy-ntlm proxy-ssl-allow-beast proxy-ssl-auto-client-cert proxy-tlsv1
    proxytunnel raw remote-header-name remote-name remote-name-all remote-time remove-on-error retry-all-errors
    retry-connrefused sasl-ir sessionid show-error silent skip-existing socks5-basic socks5-gssapi socks5-gssapi-nec
    ssl ssl-allow-beast ssl-auto-client-cert ssl-no-revoke ssl-reqd ssl-revoke-best-effort sslv2 sslv3 styled-output
    suppress-connect-headers tcp-fastopen tcp-nodelay test-event tftp-no-options tls-earlydata tlsv1 tlsv1.0 tlsv1.1
    tlsv1.2 tlsv1.3 tr-encoding trace-ids trace-time use-ascii verbose version wdebug xattr
"""
_FLAGS = frozenset(_NAMES.split())
# -h takes a category, and stands alone as often.
SHORT_WITH_VALUE = frozenset("AbcCdDeEFHKmoPQrtTuUwxXyYz")


def has_value(name: str) -> bool:
    """Whether the word after a long option (without its dashes) belongs to it."""
    return name.removeprefix("no-") not in _FLAGS

"""Says on standard output why the port given cannot be listened on, with the remedy; exit status 1 then."""

import errno
import socket
import sys


def problem(port: int) -> str | None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As the server does: a port whose last connections are still closing counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            other = 8502 if port == 8501 else 8501
            if error.errno == errno.EADDRINUSE:
                return f"port {port} is taken by another program; choose another one (make run PORT={other})."
            return f"port {port} cannot be used ({error.strerror}); choose another one (make run PORT={other})."
    return None


if __name__ == "__main__":
    if found := problem(int(sys.argv[1])):
        print(found)
        sys.exit(1)

#!/bin/sh
# Make the passwords, the credential of the Prefect server, the secret and a trial certificate, in
# the folder secrets/ beside this file, or in the folder named. What is there already stays: the
# secret signs links and encrypts addresses, so keep it with your backups.
set -eu
umask 077
folder=${1:-$(dirname "$0")/secrets}
mkdir -p "$folder"
cd "$folder"

new() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

if [ -e watch.env ]; then
    echo "$folder/watch.env is there already: nothing is changed" >&2
    exit 0
fi

ours=$(new)
prefects=$(new)
credential=reportwatch:$(new)

cat > postgres.env <<END
POSTGRES_PASSWORD=$(new)
REPORTWATCH_PASSWORD=$ours
PREFECT_PASSWORD=$prefects
END

cat > prefect.env <<END
PREFECT_API_DATABASE_CONNECTION_URL=postgresql+asyncpg://prefect:$prefects@postgres:5432/prefect
PREFECT_SERVER_API_AUTH_STRING=$credential
END

cat > monitor.env <<END
REPORTWATCH_ADMIN_PASSWORD=$(new)
END

# Passwords of mail servers and of the Archive belong here too. Written last: it says that all is.
cat > watch.env.new <<END
PREFECT_API_AUTH_STRING=$credential
REPORTWATCH_DATABASE_URL=postgresql://reportwatch:$ours@postgres:5432/reportwatch
REPORTWATCH_SECRET=$(new)
REPORTWATCH_SMTP_URL=smtp://mail:8825
END

if command -v openssl >/dev/null; then
    openssl req -x509 -newkey rsa:2048 -nodes -days 90 -subj /CN=localhost \
        -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
        -keyout key.pem -out certificate.pem 2>/dev/null
    chmod 644 certificate.pem key.pem  # nginx reads them as a user of its own; the folder is 700
else
    echo "openssl is not installed: put certificate.pem and key.pem into $folder" >&2
fi
mv watch.env.new watch.env
echo "made in $folder: keep a copy of watch.env with your backups"

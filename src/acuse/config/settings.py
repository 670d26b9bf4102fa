"""Django's settings, derived from the typed environment. Nothing is configured here that `ACUSE_*` does not name."""

from urllib.parse import urlsplit

from acuse.config import logs
from acuse.config.database import databases
from acuse.config.environment import environment
from acuse.config.keys import Keys

ACUSE = environment()
LOGGING = logs.LOGGING
ACUSE_KEYS = Keys(ACUSE.keys, origin=ACUSE.log_origin)

_public = urlsplit(ACUSE.public_url)
_secure = _public.scheme == "https"

# Made by `acuse serve` before any process of the tree starts; without it (building, type checking) nothing is signed.
SECRET_KEY = ACUSE_KEYS.web_if_made()
DEBUG = ACUSE.debug
ALLOWED_HOSTS = [_public.hostname or "localhost", "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"]
ROOT_URLCONF = "acuse.config.urls"
WSGI_APPLICATION = "acuse.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"

DATABASES = databases(ACUSE)
AUTH_USER_MODEL = "accounts.User"
# Counters of rate limits above all: with the default of 300 entries they would push each other out.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "django_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # What `{% cache %}` keeps of pages, in each process for itself: it names all that it depends on.
    "template_fragments": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "fragments"},
}

INSTALLED_APPS = [
    "acuse.doors.ui.apps.UiConfig",
    "acuse.doors.console.apps.ConsoleConfig",
    "acuse.doors.portal.apps.PortalConfig",
    "acuse.doors.api.apps.ApiConfig",
    "acuse.accounts",
    "acuse.evidence",
    "acuse.certificates",
    "acuse.reception",
    "acuse.calendars",
    "acuse.contacts",
    "acuse.composition",
    "acuse.figures",
    "acuse.delivery",
    "acuse.helpdesk",
    "django_cotton",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
]

MIDDLEWARE = [
    "acuse.doors.ui.proxies.TrustedProxiesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "acuse.doors.api.middleware.ApiMiddleware",
    "acuse.doors.ui.security.ContentSecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "acuse.doors.ui.preferences.PreferencesMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "acuse.doors.ui.context.interface",
            ]
        },
    }
]

# Language and static files
LANGUAGE_CODE = "es"
LANGUAGES = [("es", "Español"), ("en", "English")]
USE_I18N = True
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

# Login
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/console/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "acuse.doors.console.login.AccountAdapter"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = ACUSE.sandbox
MFA_TOTP_ISSUER = "Acuse"
MFA_TOTP_TOLERANCE = 1  # a telephone whose clock is half a minute off still signs in (RFC 6238 section 5.2)
MFA_ADAPTER = "acuse.doors.console.second_step.MFAAdapter"
MFA_FORMS = {
    "authenticate": "acuse.doors.console.second_step.AuthenticateForm",
    "reauthenticate": "acuse.doors.console.second_step.ReauthenticateForm",
}
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

# What browsers may do
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _secure
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ACUSE.trusted_proxies else None
SECURE_HSTS_SECONDS = 31_536_000 if _secure else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "acuse.doors.ui.errors.csrf_failure"

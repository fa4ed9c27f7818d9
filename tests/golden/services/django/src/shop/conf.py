import lambda_secrets

SECRET_KEY = lambda_secrets.secret("SECRET_KEY")
ROOT_URLCONF = 'shop.urls'
INSTALLED_APPS = ['shop']
MIDDLEWARE = ['django.middleware.common.CommonMiddleware', 'shop.stamps.Stamp']

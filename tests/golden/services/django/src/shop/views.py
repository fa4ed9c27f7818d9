from django.http import HttpRequest, JsonResponse


def tax(request: HttpRequest, country: str, cents: int) -> JsonResponse:
    return JsonResponse({'country': country, 'cents': cents})

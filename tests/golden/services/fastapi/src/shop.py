from fastapi import APIRouter

router = APIRouter(prefix='/tax')


@router.get('/{country}')
async def tax(country: str, cents: int = 1) -> dict[str, object]:
    return {'country': country, 'cents': cents}

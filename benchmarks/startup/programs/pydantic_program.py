"""A model and its validation."""

from pydantic import BaseModel


class User(BaseModel):
    id: int
    name: str = "nobody"


print(User(id="3").model_dump())

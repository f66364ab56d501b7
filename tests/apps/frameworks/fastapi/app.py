"""A service in FastAPI under uvicorn: as an object, by its name with two workers, or with the reloader."""

import asyncio
import os
import sys
from contextlib import asynccontextmanager
from typing import Annotated

import uvicorn
from fastapi import BackgroundTasks, Depends, FastAPI, File, Form, Header, HTTPException, Query, Request, UploadFile
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import PlainTextResponse, StreamingResponse
from pydantic import BaseModel, Field, field_validator


@asynccontextmanager
async def lifespan(app):
    app.state.notes = []
    yield


app = FastAPI(title="Shop", lifespan=lifespan)
app.add_middleware(GZipMiddleware)


class Item(BaseModel):
    name: str = Field(min_length=2)
    price: float = Field(gt=0)
    tags: set[str] = set()

    @field_validator("name")
    @classmethod
    def tidy(cls, value: str) -> str:
        return value.strip().title()


async def user(token: Annotated[str | None, Header()] = None) -> str:
    if token != "secret":
        raise HTTPException(401, "who are you?")
    return "me"


@app.get("/items/{number}")
async def read(number: int, short: Annotated[bool, Query()] = False) -> Item:
    if number > 9:
        raise HTTPException(404)
    return Item(name="apple", price=number + 1, tags=set() if short else {"fruit"})


@app.post("/items", status_code=201)
async def create(item: Item, who: Annotated[str, Depends(user)], tasks: BackgroundTasks) -> dict[str, Item | str]:
    tasks.add_task(app.state.notes.append, item.name)
    return {"item": item, "by": who}


@app.post("/upload")
def upload(file: Annotated[UploadFile, File()], note: Annotated[str, Form()]):
    return {"size": len(file.file.read()), "name": file.filename, "note": note}


@app.get("/stream")
async def stream():
    async def parts():
        for number in range(3):
            await asyncio.sleep(0)
            yield f"{number}\n"

    return StreamingResponse(parts(), media_type="text/plain")


@app.exception_handler(ZeroDivisionError)
async def divided(request: Request, error: ZeroDivisionError):
    return PlainTextResponse(f"{request.url.path}: {error}", 500)


@app.get("/broken")
def broken():
    return 1 / 0


if __name__ == "__main__":
    options = {"workers": {"workers": 2, "timeout_worker_healthcheck": 60}, "reload": {"reload": True}}.get(sys.argv[1], {})
    uvicorn.run("app:app" if options else app, host="127.0.0.1", port=int(os.environ["PORT"]), **options)

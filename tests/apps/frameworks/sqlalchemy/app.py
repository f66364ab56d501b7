"""A library of books in SQLite, through SQLAlchemy's ORM and core."""

import datetime
import enum
import pickle
import warnings
from decimal import Decimal

from sqlalchemy import JSON, Column, Enum, ForeignKey, MetaData, Numeric, Table, create_engine, event, func, inspect, select, text
from sqlalchemy.exc import IntegrityError, NoResultFound
from sqlalchemy.ext.associationproxy import association_proxy
from sqlalchemy.ext.automap import automap_base
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.ext.mutable import MutableDict
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, aliased, mapped_column, relationship, selectinload, validates


class Base(DeclarativeBase):
    pass


class Kind(enum.Enum):
    NOVEL = "novel"
    POEMS = "poems"


tags = Table(
    "book_tag",
    Base.metadata,
    Column("book_id", ForeignKey("book.id"), primary_key=True),
    Column("tag_id", ForeignKey("tag.id"), primary_key=True),
)


class Author(Base):
    __tablename__ = "author"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    born: Mapped[datetime.date | None]
    books: Mapped[list["Book"]] = relationship(back_populates="author", cascade="all, delete-orphan", order_by="Book.title")

    @hybrid_property
    def shouted(self):
        return self.name.upper()

    @shouted.inplace.expression
    @classmethod
    def _shouted(cls):
        return func.upper(cls.name)


class Tag(Base):
    __tablename__ = "tag"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]

    def __init__(self, name):
        self.name = name


class Book(Base):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    kind: Mapped[Kind] = mapped_column(Enum(Kind))
    price: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    facts: Mapped[dict] = mapped_column(MutableDict.as_mutable(JSON), default=dict)
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id"))
    author: Mapped[Author] = relationship(back_populates="books")
    tag_objects: Mapped[list[Tag]] = relationship(secondary=tags)
    tags = association_proxy("tag_objects", "name")

    @validates("title")
    def check(self, key, value):
        if not value:
            raise ValueError("no title")
        return value


def main():
    warnings.simplefilter("ignore")
    engine = create_engine("sqlite:///books.db")
    event.listen(engine, "connect", lambda connection, record: connection.execute("pragma foreign_keys=on"))
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        author = Author(name="Ann", born=datetime.date(1950, 1, 2))
        author.books = [
            Book(title="Zebra", kind=Kind.NOVEL, price=Decimal("9.90"), tags=["old", "good"]),
            Book(title="Äpfel", kind=Kind.POEMS, price=Decimal("4.00"), facts={"pages": 12}),
        ]
        session.add(author)
        session.commit()
        author.books[0].facts["read"] = True
        session.commit()
    with Session(engine) as session:
        other = aliased(Book)
        query = select(Author).options(selectinload(Author.books)).where(Author.shouted == "ANN")
        author = session.scalars(query).unique().one()
        print(author.born, [(book.title, book.kind, book.price, book.facts, list(book.tags)) for book in author.books])
        print(session.execute(select(Book.kind, func.sum(Book.price)).group_by(Book.kind).order_by(Book.kind)).all())
        print(select(other.title).where(other.price.between(1, 5)).compile(engine), session.scalar(select(func.count(Tag.id))))
        print(pickle.loads(pickle.dumps(author)).name)
        try:
            session.add(Author(name="Ann"))
            session.flush()
        except IntegrityError as error:
            session.rollback()
            print(type(error.orig), error.orig)
        try:
            session.scalars(select(Book).where(Book.title == "none")).one()
        except NoResultFound as error:
            print(error)
        session.delete(session.get(Author, 1))
        session.commit()
        print(session.scalar(select(func.count()).select_from(Book)))
    print(inspect(engine).get_table_names(), [column["name"] for column in inspect(engine).get_columns("book")])
    found = automap_base()
    found.prepare(autoload_with=engine)
    print(sorted(found.classes.keys()))
    reflected = MetaData()
    reflected.reflect(engine)
    with engine.connect() as connection:
        print(sorted(reflected.tables), connection.execute(text("select :a + 1"), {"a": 41}).scalar())


if __name__ == "__main__":
    main()

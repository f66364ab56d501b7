from sqlalchemy import Column, Integer, MetaData, String, Table

URL = "sqlite:///own.db"
metadata = MetaData()
books = Table("book", metadata, Column("id", Integer, primary_key=True), Column("title", String(30)), Column("pages", Integer))

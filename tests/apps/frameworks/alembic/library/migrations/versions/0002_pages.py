"""pages"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    with op.batch_alter_table("book") as batch:
        batch.add_column(sa.Column("pages", sa.Integer))


def downgrade():
    with op.batch_alter_table("book") as batch:
        batch.drop_column("pages")

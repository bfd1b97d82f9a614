from sqlalchemy import create_engine, inspect, text


def test_a_table_made_in_postgres_is_there(postgres_url: str) -> None:
    engine = create_engine(postgres_url)

    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE run (run_id text PRIMARY KEY)"))

    assert inspect(engine).get_table_names() == ["run"]
    engine.dispose()


def test_the_next_test_gets_an_empty_database(postgres_url: str) -> None:
    engine = create_engine(postgres_url)

    assert inspect(engine).get_table_names() == []
    engine.dispose()

"""The demo office: a made-up municipality's month, in the files a finance office really has, with the truth.

`lay_out(folder)` writes `ind/bank`, `ind/finans` and `facit`. All is made up; a seed gives the same bytes.

Ids of items, as the truth has them (left is the bank, right the ledger):

* main account (`hovedkonto`): the bank's `AcctSvcrRef` in the camt file, such as 2026100100017. In the CSV of
  the same lines `row:N`; `ids.csv` in the truth gives it by the camt id.
* a ledger whose voucher number is not unique (`hovedkonto`, text and workbook): `Bilagsnummer-Pos`, such as
  1900041001-001. A ledger whose voucher number is unique (the other accounts): the column `Bilag`.
* last month's open items: the column `Post-id`.
* a bank CSV without ids (the other accounts): `row:N`, N the physical row, the header counted.
"""

from gevinst.demo.office import DemoOffice, lay_out

__all__ = ["DemoOffice", "lay_out"]

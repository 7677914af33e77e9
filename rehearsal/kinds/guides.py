"""Service guides of the service platforms."""

from dataclasses import dataclass
from functools import lru_cache
from html import escape

from rehearsal.addresses import Ref, date_of, extension, path_of
from rehearsal.chance import dice, number
from rehearsal.links import Block, Link, a, anchor
from rehearsal.outline import Outline
from rehearsal.plan import Host, World
from rehearsal.texts.guides import CONDITIONS, FIELDS, GENERIC, LEVELS, MATERIALS, PERMITS, VARIANTS, Field
from rehearsal.texts.names import DEPARTMENTS


@lru_cache(maxsize=64)
def _catalogue(seed: int, unit: int) -> tuple[tuple[str, Field | None], ...]:
    """The unit's own choice of named items, fields in turn, so that the first guides show every field."""
    chance = dice(seed, "catalogue", unit)
    piles = []
    for field in FIELDS:
        items = list(field.items)
        chance.shuffle(items)
        piles.append([(item, field) for item in items[: chance.randint(3, len(items))]])
    out: list[tuple[str, Field | None]] = []
    for turn in range(8):
        out += [pile[turn] for pile in piles if turn < len(pile)]
        if turn == 1:
            out += [(permit, None) for permit in PERMITS]
    return tuple(out)


def _named(world: World, host: Host, ref: Ref) -> tuple[str, Field | None]:
    place = ref.b * len(host.columns) + ref.a
    named = _catalogue(world.seed, host.unit)
    if place < len(named):
        return named[place]
    lot = place - len(named)
    item = GENERIC[lot % len(GENERIC)] + VARIANTS[(lot // len(GENERIC)) % len(VARIANTS)]
    turn = lot // (len(GENERIC) * len(VARIANTS))
    return item + (f"({turn + 1}类)" if turn else ""), None


def _rows(world: World, host: Host, ref: Ref, item: str, dept: str, level: int) -> list[tuple[str, str]]:
    chance = dice(world.seed, "guide", host.site, ref.a, ref.b)
    legal = chance.randint(10, 60)
    visits = 0 if level == 4 else (1 if level == 3 else chance.randint(1, 3))
    conditions = ";".join(chance.sample(CONDITIONS, chance.randint(2, 4)))
    materials = ";".join(chance.sample(MATERIALS, chance.randint(3, 6)))
    fee = chance.random() < 0.3
    rows = [
        ("事项名称", item),
        ("事项编码", f"{chance.randint(10**9, 10**10 - 1)}"),
        ("实施主体", f"{host.city.name}市{dept}"),
        (
            "设定依据",
            f"《{item}管理办法》第{chance.randint(3, 40)}条、《{host.city.name}市{item}实施细则》第{chance.randint(2, 30)}条",
        ),
        ("申请条件", conditions + "。"),
        ("办理材料", materials + "。"),
        ("办理流程", f"申请→受理({chance.randint(1, 3)}个工作日)→审查→决定→{'送达' if level > 2 else '领取'}"),
        ("办理地点", f"{host.city.name}市政务服务中心{chance.randint(1, 4)}楼{chance.randint(1, 60)}号窗口"),
        ("办理时间", "周一至周五 9:00—12:00,13:00—17:00(法定节假日除外)"),
        ("联系电话", f"0712-{chance.randint(2000000, 8999999)}"),
        ("法定办结时限", f"{legal}个工作日"),
        ("承诺办结时限", f"{chance.randint(1, max(2, legal // 2))}个工作日"),
        ("到办事现场次数", f"{visits}次"),
        ("网上办理深度", LEVELS[level - 1]),
        ("是否收费", f"收费({chance.randint(10, 200)}元),支持网上支付" if fee else "不收费"),
        ("结果名称", f"{item}{chance.choice(('证书', '批准文件', '办理结果通知书', '登记证明'))}"),
        ("结果送达", "邮政快递送达、电子证照" if level > 2 else "窗口领取"),
        ("监督投诉", "12345"),
        ("更新日期", str(date_of(world.seed, host.site, ref.a, ref.b % 60))),
    ]
    spare = chance.randrange(len(rows) + 6)
    return [row for place, row in enumerate(rows) if place != spare or place == 0]


def _points(rows: dict[str, str], level: int, field: Field | None, item: str, *, forms: bool) -> tuple[str, ...]:
    """What a guide shows: code -> whether this one does."""
    visits = rows.get("到办事现场次数", "")
    shown = {
        "2.2.1-M01": True,
        "2.2.1-M02": True,
        "2.2.1-M03": True,
        "1.1.4-M04": True,
        field.point if field else "": field is not None,
        field.online if field else "": field is not None and level >= 3,
        "2.1.2-M02": level >= 3,
        "2.2.3-M01": level >= 3,
        "1.3.8-M05": level >= 3 and item in PERMITS,
        "2.2.2-M01": forms,
        "2.2.2-M04": level >= 2,
        "2.2.2-M05": level >= 2,
        "2.2.3-M02": visits in {"0次", "1次"},
        "2.2.3-M03": "法定办结时限" in rows and "承诺办结时限" in rows,
        "2.2.4-M01": level == 4,
        "2.2.4-M02": visits == "0次",
        "2.2.4-M03": "快递" in rows.get("结果送达", ""),
        "2.2.4-M04": "网上支付" in rows.get("是否收费", ""),
        "2.2.1-M05": "更新日期" in rows,
    }
    return tuple(sorted(code for code, has in shown.items() if has and code))


@dataclass(frozen=True, slots=True)
class Service:
    """What one guide says."""

    item: str
    field: Field | None
    level: int  # how far it goes online, 1 to 4
    rows: tuple[tuple[str, str], ...]  # element and text
    forms: bool  # a blank form can be taken


def service(world: World, host: Host, ref: Ref) -> Service:
    """The service item a guide's address stands for."""
    item, field = _named(world, host, ref)
    lot = number(world.seed, "level", host.site, ref.a, ref.b)
    level = 1 + lot % 4
    dept = field.dept if field else DEPARTMENTS[lot % len(DEPARTMENTS)].name
    rows = _rows(world, host, ref, item, dept, level)
    return Service(item, field, level, tuple(rows), forms=(lot >> 8) % 5 == 0)


def guide(world: World, host: Host, ref: Ref) -> Outline:
    """The guide of a service item."""
    told = service(world, host, ref)
    item, field, level, rows, forms = told.item, told.field, told.level, told.rows, told.forms
    links: list[Link] = []
    if level >= 3:
        links.append(anchor("/zt/yhzx/", "在线办理"))
    if level >= 2:
        links += [anchor("/zt/bszx/", "在线咨询"), anchor("/zt/wsyy/", "网上预约")]
    if forms:
        end = extension(world.seed, host, ref.a, ref.b, 1)
        links.append(anchor(path_of(world, host, Ref("file", ref.a, ref.b, 1)), f"{item}申请表(空白表).{end}"))
    kept = tuple(links)

    def html() -> str:
        table = "".join(f"<tr><th>{name}</th><td>{escape(value)}</td></tr>" for name, value in rows)
        buttons = "".join(f"<li>{a(link)}</li>" for link in kept)
        return f'<table class="bszn">{table}</table><ul class="btns">{buttons}</ul>'

    return Outline(
        "guide",
        item,
        (Block(kept, html),),
        body_key=f"guide:{host.site}:{ref.a}:{ref.b}",
        points=_points(dict(rows), level, field, item, forms=forms),
        column=ref.a,
    )

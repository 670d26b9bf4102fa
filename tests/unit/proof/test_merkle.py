"""RFC 6962 trees: the published vectors, the recursive definition, and tiles of every size."""

import hashlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acuse.errors import AcuseError, InputError
from acuse.proof import merkle
from acuse.proof.tiles import TilePath, entry_bundle, parse_tile_path
from tests.unit.proof.support import tree

# Inputs and roots of the reference tree in the tests of Certificate Transparency.
INPUTS = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [merkle.leaf_hash(str(number).encode()) for number in range(70_000)]


def recursive_root(leaves: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, as written."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + recursive_root(leaves[:split]) + recursive_root(leaves[split:])).digest()


def test_published_roots() -> None:
    leaves = [merkle.leaf_hash(each) for each in INPUTS]
    assert merkle.EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    for size, root in enumerate(ROOTS, start=1):
        assert merkle.root_of(leaves[:size]).hex() == root
        assert merkle.root(tree(leaves), size).hex() == root


@given(st.integers(0, 600))
def test_root_is_that_of_the_definition(size: int) -> None:
    assert merkle.root_of(LEAVES[:size]) == recursive_root(LEAVES[:size])


@given(st.lists(st.integers(0, 300), max_size=8))
def test_appending_in_any_steps_gives_the_same_tiles(steps: list[int]) -> None:
    tiles: dict[tuple[int, int], bytes] = {}
    size = 0
    for step in steps:
        tiles.update(merkle.append(lambda *at: tiles.get(at, b""), size, LEAVES[size : size + step]))
        size += step
    at_once = merkle.append(lambda *at: b"", 0, LEAVES[:size])
    assert tiles == at_once
    assert merkle.root(lambda *at: tiles.get(at, b""), size) == merkle.root_of(LEAVES[:size])


BIG = tree(LEAVES)


@given(st.integers(1, 70_000).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size - 1))))
def test_inclusion(where: tuple[int, int]) -> None:
    size, position = where
    root = merkle.root(BIG, size)
    path = merkle.inclusion_path(BIG, position, size)
    merkle.verify_inclusion(leaf=LEAVES[position], position=position, size=size, path=path, root=root)
    ranges = merkle.inclusion_ranges(position, size)
    assert len(ranges) == len(path)
    covered = sorted([(position, position + 1), *ranges])
    assert covered[0][0] == 0
    assert [end for _, end in covered] == [start for start, _ in covered[1:]] + [size]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 38])
def test_each_hash_of_a_path_is_that_of_its_range(size: int) -> None:
    for position in range(size):
        expected = [merkle.root_of(LEAVES[start:end]) for start, end in merkle.inclusion_ranges(position, size)]
        assert merkle.inclusion_path(BIG, position, size) == expected


@given(st.integers(2, 300).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size - 1))), st.data())
def test_a_wrong_path_position_size_or_leaf_is_refused(where: tuple[int, int], data: st.DataObject) -> None:
    size, position = where
    root = merkle.root(BIG, size)
    path = merkle.inclusion_path(BIG, position, size)
    wrong = data.draw(st.sampled_from(["leaf", "node", "short", "long", "position", "root"]))
    leaf = LEAVES[position]
    if wrong == "leaf":
        leaf = merkle.leaf_hash(b"x")
    elif wrong == "node":
        path[data.draw(st.integers(0, len(path) - 1))] = b"\0" * 32
    elif wrong == "short":
        path = path[:-1]
    elif wrong == "long":
        path = [*path, root]
    elif wrong == "root":
        root = b"\1" * 32
    else:
        position = (position + 1) % size
    with pytest.raises(InputError):
        merkle.verify_inclusion(leaf=leaf, position=position, size=size, path=path, root=root)


def test_a_proof_reads_a_few_tiles() -> None:
    read: list[tuple[int, int]] = []

    def counted(level: int, index: int) -> bytes:
        read.append((level, index))
        return BIG(level, index)

    merkle.inclusion_path(counted, 12_345, 70_000)
    assert len(read) <= 6


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 65_536, 65_537, 70_000])
def test_the_tiles_that_a_proof_reads_are_known_before(size: int) -> None:
    positions = {0, size // 3, size // 2, size - 1}
    read: set[tuple[int, int]] = set()

    def noted(level: int, index: int) -> bytes:
        read.add((level, index))
        return BIG(level, index)

    for position in positions:
        merkle.inclusion_path(noted, position, size)
    assert merkle.inclusion_tiles(positions, size) == read


def test_a_tile_that_grew_meanwhile_still_answers() -> None:
    assert merkle.root(BIG, 300) == merkle.root_of(LEAVES[:300])


def test_a_missing_tile_is_said() -> None:
    with pytest.raises(InputError, match="Tile 0/0 holds 0"):
        merkle.root(lambda *at: b"", 3)


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (TilePath(level=0, index=0), "tile/0/000"),
        (TilePath(level=0, index=1_234_067), "tile/0/x001/x234/067"),
        (TilePath(level=0, index=1067), "tile/0/x001/067"),
        (TilePath(level=2, index=5, width=7), "tile/2/005.p/7"),
        (TilePath(level="entries", index=1000, width=255), "tile/entries/x001/000.p/255"),
    ],
)
def test_tile_paths(tile: TilePath, path: str) -> None:
    assert str(tile) == path
    assert parse_tile_path(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/0",
        "tile/00/000",
        "tile/0/x000/001",
        "tile/64/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/001/002",
        "tile/x/000",
        "/tile/0/000",
        "tile/0/000\n",
        "tile/0/" + "x001/" * 40 + "000",
    ],
)
def test_other_paths_are_refused(path: str) -> None:
    with pytest.raises(InputError):
        parse_tile_path(path)


@given(st.text(max_size=40))
def test_any_path_is_read_or_refused(path: str) -> None:
    with suppress(AcuseError):
        assert str(parse_tile_path(path)) == path


def test_entry_bundles() -> None:
    assert entry_bundle([b"a" * 32, b""]) == b"\x00\x20" + b"a" * 32 + b"\x00\x00"
    for wrong in ([], [b""] * 257, [b"a" * 65_536]):
        with pytest.raises(InputError):
            entry_bundle(wrong)

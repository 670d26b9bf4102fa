"""RFC 6962 Merkle trees over C2SP tlog-tiles: hashing, proofs, and the arithmetic of tiles.

The tree is kept as hash tiles of height 8 and nothing else. Tile (L, N) holds up to 256 hashes of the complete
subtrees of 256^L leaves, from the N*256th on; level 0 holds leaf hashes. Only the last tile of a level is partial,
and it only grows, so a reader that sees a tile longer than the size it asks about still gets a right answer.
Positions and indexes count from 0. Hashes are 32 bytes.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence

from acuse.errors import InputError

HASH_SIZE = 32
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
EMPTY_ROOT = hashlib.sha256(b"").digest()
MAX_SIZE = 2**53 - 1
MAX_PATH = 64

ReadTile = Callable[[int, int], bytes]
"""`read_tile(level, index)` returns the stored hashes of that tile, concatenated; empty where there is no tile."""


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a leaf: SHA-256(0x00 ‖ entry) (RFC 6962 section 2.1)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256(0x01 ‖ left ‖ right) (RFC 6962 section 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaf_hashes: Sequence[bytes]) -> bytes:
    """Return the root of a tree given all its leaf hashes; EMPTY_ROOT for none (RFC 6962 section 2.1)."""
    if not leaf_hashes:
        return EMPTY_ROOT
    level = list(leaf_hashes)
    while len(level) > 1:
        # An odd last node rises unchanged: the same tree as RFC 6962's recursive split at powers of two.
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = paired + level[len(paired) * 2 :]
    return level[0]


def verify_inclusion(*, leaf: bytes, position: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Check that `leaf` stands at `position` in the tree of `size` leaves with `root` (RFC 9162 section 2.1.3.2).

    Args:
        leaf: leaf hash (not the entry).
        position: from 0, below `size`.
        size: number of leaves.
        path: sibling hashes from the leaf upwards.
        root: root hash.

    Raises:
        InputError: the path does not lead from the leaf to the root.
    """
    _check_position(position, size)
    current = leaf
    for sibling, is_left in zip(path, _sides(position, size - 1, len(path)), strict=True):
        current = node_hash(sibling, current) if is_left else node_hash(current, sibling)
    if current != root:
        raise InputError("The inclusion path does not lead to the root of the checkpoint.")


def _sides(node: int, last: int, length: int) -> list[bool]:
    """Say for each step from `node` up to the root whether the sibling is on the left.

    Args:
        node, last: index of the node and of the last node of its level.
        length: number of steps offered.

    Raises:
        InputError: the way to the root has another number of steps.
    """
    sides: list[bool] = []
    while last:
        is_left = bool(node & 1) or node == last
        sides.append(is_left)
        while is_left and not node & 1 and node:
            node >>= 1
            last >>= 1
        node >>= 1
        last >>= 1
    if len(sides) != length:
        raise InputError("The path has %(length)s hashes where %(size)s are needed.", length=length, size=len(sides))
    return sides


def append(read_tile: ReadTile, size: int, leaf_hashes: Sequence[bytes]) -> dict[tuple[int, int], bytes]:
    """Return the tiles that change when `leaf_hashes` are added to a tree of `size` leaves.

    Args:
        read_tile: reader of the stored tiles; read at most once per level.
        size: number of leaves already stored.
        leaf_hashes: the new ones, in order.

    Returns:
        (level, index) -> the whole new content of that tile, to replace what is stored.

    Raises:
        InputError: a stored tile is shorter than `size` demands, or a hash has the wrong length.
    """
    if any(len(value) != HASH_SIZE for value in leaf_hashes):
        raise InputError("A leaf hash must have 32 bytes.")
    changed: dict[tuple[int, int], bytes] = {}
    level, count, added = 0, size, list(leaf_hashes)
    while added:
        index, held = divmod(count, TILE_WIDTH)
        content = _stored(read_tile, level, index, held) if held else b""
        hashes = [content[i : i + HASH_SIZE] for i in range(0, len(content), HASH_SIZE)] + added
        complete: list[bytes] = []
        for start in range(0, len(hashes), TILE_WIDTH):
            tile = hashes[start : start + TILE_WIDTH]
            changed[level, index + start // TILE_WIDTH] = b"".join(tile)
            if len(tile) == TILE_WIDTH:
                complete.append(root_of(tile))
        level, count, added = level + 1, index, complete
    return changed


def root(read_tile: ReadTile, size: int) -> bytes:
    """Return the root of the first `size` leaves, reading one tile per level.

    Raises:
        InputError: a stored tile is shorter than `size` demands.
    """
    return _range_hash(_remembering(read_tile), 0, size) if size else EMPTY_ROOT


def inclusion_path(read_tile: ReadTile, position: int, size: int) -> list[bytes]:
    """Return the audit path of `position` in the tree of the first `size` leaves (RFC 6962 section 2.1.1).

    Raises:
        InputError: `position` is outside, or a stored tile is too short.
    """
    read = _remembering(read_tile)
    return [_range_hash(read, start, end) for start, end in inclusion_ranges(position, size)]


def inclusion_tiles(positions: Iterable[int], size: int) -> set[tuple[int, int]]:
    """Return (level, index) of the tiles that `inclusion_path` reads for some positions, to fetch them at once.

    Raises:
        InputError: a position is outside.
    """
    return {
        _first_hash(level, index)[:2]
        for position in positions
        for start, end in inclusion_ranges(position, size)
        for level, index in _complete_nodes(start, end)
    }


def inclusion_ranges(position: int, size: int) -> list[tuple[int, int]]:
    """Return the leaves [start, end) under each hash of the audit path of `position`, in the order of the path.

    Raises:
        InputError: `position` is outside.
    """
    _check_position(position, size)
    start, end, siblings = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if position < middle:
            siblings.append((middle, end))
            end = middle
        else:
            siblings.append((start, middle))
            start = middle
    return siblings[::-1]


def _check_position(position: int, size: int) -> None:
    if not 0 <= position < size <= MAX_SIZE:
        raise InputError("Position %(position)s is not in a tree of %(size)s entries.", position=position, size=size)


def _split(width: int) -> int:
    """Return the largest power of two below `width` (which is 2 or more)."""
    return 1 << (width - 1).bit_length() - 1


def _range_hash(read_tile: ReadTile, start: int, end: int) -> bytes:
    """Hash the leaves [start, end), where start is a multiple of the width rounded up to a power of two."""
    complete = [_node(read_tile, level, index) for level, index in _complete_nodes(start, end)]
    combined = complete.pop()
    while complete:
        combined = node_hash(complete.pop(), combined)
    return combined


def _complete_nodes(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield level and index of the complete subtrees that make up the leaves [start, end), the widest first."""
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def _first_hash(level: int, index: int) -> tuple[int, int, int, int]:
    """Return where the stored hashes below a node begin: level and index of the tile, offset in it, how many."""
    tile_level, remaining = divmod(level, TILE_HEIGHT)
    tile, offset = divmod(index << remaining, TILE_WIDTH)
    return tile_level, tile, offset, 1 << remaining


def _node(read_tile: ReadTile, level: int, index: int) -> bytes:
    """Hash the complete subtree of 2^level leaves with that index, from the tile that holds its descendants."""
    tile_level, tile, offset, width = _first_hash(level, index)
    content = _stored(read_tile, tile_level, tile, offset + width)
    hashes = [content[i * HASH_SIZE : (i + 1) * HASH_SIZE] for i in range(offset, offset + width)]
    return root_of(hashes)


def _stored(read_tile: ReadTile, level: int, index: int, held: int) -> bytes:
    """Return the first `held` hashes of a tile."""
    content = read_tile(level, index)
    if len(content) < held * HASH_SIZE:
        raise InputError(
            "Tile %(level)s/%(index)s holds %(size)s hashes where %(held)s are needed.",
            level=level,
            index=index,
            size=len(content) // HASH_SIZE,
            held=held,
        )
    return content[: held * HASH_SIZE]


def _remembering(read_tile: ReadTile) -> ReadTile:
    read: dict[tuple[int, int], bytes] = {}

    def remembered(level: int, index: int) -> bytes:
        if (level, index) not in read:
            read[level, index] = read_tile(level, index)
        return read[level, index]

    return remembered

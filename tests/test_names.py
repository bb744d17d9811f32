"""Names: what may be a name, and how much stands in one folder."""

from collections import Counter

import pytest

from data.home import PROJECT
from tests.measures import FORBIDDEN_NAMES, TREES, is_one_word, large_constructors, read_modules

MOST_MODULES = 12
MOST_ONE_WORD = 0.15
MODULES = read_modules(PROJECT)


@pytest.mark.parametrize("root", TREES)
def test_few_functions_have_a_name_of_one_word(root: str) -> None:
    names = [function.name for module in MODULES if module.root == root for function in module.functions]
    assert sum(map(is_one_word, names)) <= MOST_ONE_WORD * len(names)


def test_no_function_or_module_has_a_name_that_says_nothing() -> None:
    names = {(module.path, function.name) for module in MODULES for function in module.functions}
    assert {(path, name) for path, name in names if name in FORBIDDEN_NAMES} == set()
    assert {module.path for module in MODULES if module.path.stem in FORBIDDEN_NAMES} == set()


@pytest.mark.parametrize("root", TREES)
def test_no_two_modules_of_a_tree_share_a_name(root: str) -> None:
    stems = [module.path.stem for module in MODULES if module.root == root]
    shared = {stem for stem, count in Counter(stems).items() if count > 1} - {"__init__", "__main__"}
    assert shared == set()


def test_no_folder_holds_more_modules_than_a_reader_takes_in() -> None:
    folders = Counter(module.path.parent for module in MODULES if module.path.stem != "__init__")
    assert {folder: count for folder, count in folders.items() if count > MOST_MODULES} == {}


def test_large_values_are_built_by_the_names_of_their_parts() -> None:
    assert list(large_constructors(MODULES)) == []

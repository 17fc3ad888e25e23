"""Whether `listening.yml` agrees with the rest of a study."""

from __future__ import annotations

from analysis.study.checking import Checker
from analysis.study.listening import Device, Listening


def check_listening(check: Checker) -> None:
    """Devices name what there is, and products have a department where any has one."""
    listening = check.study.listening
    if listening is None:
        return
    moments = [moment.id for moment in listening.moments]
    audiences = [audience.id for audience in listening.audiences]
    devices = [device.id for device in listening.devices]
    themes = [theme.id for theme in listening.themes]
    for key, names in (
        ("moments", moments),
        ("audiences", audiences),
        ("themes", themes),
        ("devices", devices),
    ):
        check.check_unique("listening", key, names)
    _check_products(check, listening)
    _check_quotations(check, listening)
    for product, use in listening.products.items():
        check.check_among("listening", f"products.{product}.moments", use.moments, moments)
        check.check_among("listening", f"products.{product}.audiences", use.audiences, audiences)
    channels = {channel.id for channel in check.study.channels}
    dimensions = {dimension.id for dimension in check.study.questionnaire.dimensions}
    units = {unit.id: unit for unit in check.study.directorates}
    for device in listening.devices:
        key = f"devices.{device.id}"
        check.check_among("listening", f"{key}.products", device.products, listening.products)
        check.check_among("listening", f"{key}.moments", device.moments, moments)
        check.check_among("listening", f"{key}.audiences", device.audiences, audiences)
        check.check_among("listening", f"{key}.dimensions", device.dimensions, dimensions)
        check.check_among("listening", f"{key}.channel", filter(None, [device.channel]), channels)
        _check_series(check, device)
        silent = [
            product
            for product in device.products
            if device.channel in channels
            and product in units
            and device.channel not in units[product].channels
        ]
        if silent:
            check.add_fault(
                "listening",
                f"{key}.channel",
                f"Channel {device.channel!r} does not ask the users of {', '.join(silent)}.",
                "take them out of `products`, or give them the channel in directorates.yml.",
            )


def _check_quotations(check: Checker, listening: Listening) -> None:
    """Quotations are of devices that observe or gather people, and of products of theirs."""
    devices = {device.id: device for device in listening.devices}
    for rank, quotation in enumerate(listening.quotations):
        key = f"quotations.{rank}"
        check.check_among("listening", f"{key}.device", [quotation.device], devices)
        device = devices.get(quotation.device)
        if device is None:
            continue
        check.check_among("listening", f"{key}.product", [quotation.product], device.products)
        if device.regime != "qualitative":
            check.add_fault(
                "listening",
                f"{key}.device",
                f"Nobody is quoted from {device.id!r}: its regime is {device.regime!r}.",
                "quotations are of workshops, interviews and tests, where somebody approved them.",
            )


def _check_series(check: Checker, device: Device) -> None:
    """The series of a device, and what breaks them, name what there is."""
    key = f"devices.{device.id}"
    names = [series.id for series in device.series]
    wholes = [series.id for series in device.series if series.of is None]
    check.check_unique("listening", f"{key}.series", names)
    for series in device.series:
        place = f"{key}.series.{series.id}"
        of, dimension = ([one] if one else [] for one in (series.of, series.dimension))
        check.check_among(
            "listening", f"{place}.of", of, [one for one in wholes if one != series.id]
        )
        check.check_among("listening", f"{place}.dimension", dimension, device.dimensions)
    for break_ in device.breaks:
        place = f"{key}.breaks"
        check.check_among("listening", f"{place}.series", break_.series or (), names)
        check.check_among("listening", f"{place}.products", break_.products or (), device.products)


def _check_products(check: Checker, listening: Listening) -> None:
    """Every product is a publishing unit that is no department, and has one where any has."""
    units = {unit.id: unit.parent for unit in check.study.directorates}
    departments = {parent for parent in units.values() if parent is not None}
    check.check_among("listening", "products", listening.products, set(units) - departments)
    for name, parent in units.items():
        if name in departments:
            continue
        if departments and parent is None:
            check.add_fault(
                "directorates",
                f"{name}.parent",
                f"{name!r} has no department, and other products have one.",
                "name its `parent`: pages and totals are by department.",
            )
        if name not in listening.products:
            check.add_fault(
                "listening",
                "products",
                f"Nothing is said of how {name!r} is used.",
                "give its users, audiences and moments: what nobody listens to is found by them.",
            )

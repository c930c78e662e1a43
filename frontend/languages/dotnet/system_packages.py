"""Packages that load a library of the system by its name, or start a program: no file says which, so a table has to.

Without them an app starts, and fails at the first request that draws, asks a directory or converts a video.
"""

from frontend.languages.dotnet.question import Project

# a package: the library or the program, in Ubuntu's package of that name
# Sources: https://github.com/mono/SkiaSharp/wiki/SkiaSharp-Native-Assets-for-Linux,
# https://learn.microsoft.com/dotnet/core/compatibility/core-libraries/6.0/system-drawing-common-windows-only,
# https://learn.microsoft.com/dotnet/api/system.directoryservices.protocols, https://ffmpeg.xabe.net/docs.html,
# https://github.com/rosenbjerg/FFMpegCore
LIBRARIES = {
    "skiasharp.nativeassets.linux": "libfontconfig1",
    "avalonia.skia": "libfontconfig1",
    "system.drawing.common": "libgdiplus",
    "system.directoryservices.protocols": "libldap2",
    "xabe.ffmpeg": "ffmpeg",
    "ffmpegcore": "ffmpeg",
    "nreco.videoconverter.lt": "ffmpeg",
}


def needed(projects: tuple[Project, ...]) -> tuple[str, ...]:
    """The system packages that some projects need at run time, sorted."""
    names = {name.casefold() for one in projects for name in one.packages}
    return tuple(sorted({library for name, library in LIBRARIES.items() if name in names}))

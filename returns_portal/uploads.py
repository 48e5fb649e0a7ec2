"""Files that customers send: what is let in, and what is kept of it.

Of a picture only pixels and colour profile are kept: it is decoded and written anew, so that neither where it was taken
nor anything that hides in or behind it is stored.
"""

import io
import struct
import zlib

from PIL import GifImagePlugin, ImageOps, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from odoo.exceptions import UserError
from odoo.tools import human_size
from odoo.tools.image import IMAGE_MAX_RESOLUTION
from odoo.tools.mimetypes import guess_mimetype

MAX_FILES = 5
MAX_SIZE = 10 * 1024 * 1024
#: Pictures are kept with at most so many pixels a side, which is also what Odoo shrinks pictures to.
MAX_SIDE = 1920
#: What a picture is opened by, by its content, whatever it is called. Nothing else of Pillow sees the file.
READERS = {
    'image/jpeg': JpegImagePlugin.JpegImageFile,
    'image/png': PngImagePlugin.PngImageFile,
    'image/webp': WebPImagePlugin.WebPImageFile,
    'image/gif': GifImagePlugin.GifImageFile,
}
#: What Pillow raises on files that are not what they begin like.
BROKEN = (OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, struct.error, zlib.error)


class UploadError(UserError):
    """A file that is not taken; the customer reads why."""


def read_uploads(env, files, max_files=MAX_FILES):
    """Values of private `ir.attachment` records for uploaded files, without the record they belong to.

    :param files: werkzeug's `FileStorage` objects; those without a name are fields that were left empty
    :param int max_files: how many are let in
    :raise UploadError: when there are too many, or when one is empty, too large, or no picture or PDF
    """
    files = [file for file in files if file.filename]
    if len(files) > max_files:
        raise UploadError(env._("Send at most %s files at once.", max_files))
    return [_read_upload(env, file) for file in files]


def _read_upload(env, file):
    content = file.read(MAX_SIZE + 1)
    if not content:
        raise UploadError(env._("One of the files is empty. Please choose it again."))
    if len(content) > MAX_SIZE:
        raise UploadError(env._("A file may have at most %s.", human_size(MAX_SIZE)))
    mimetype = guess_mimetype(content)
    if mimetype in READERS:
        mimetype, content = _read_picture(env, mimetype, content)
    elif not (mimetype == 'application/pdf' and content.startswith(b'%PDF-')):
        raise UploadError(env._("Send pictures (JPEG, PNG, WebP, GIF) or PDF."))
    return {'name': env._("Customer's file") + f".{mimetype.rpartition('/')[2]}", 'raw': content,
            'mimetype': mimetype, 'public': False}


def _read_picture(env, mimetype, content):
    """The pixels of a picture, upright, as a file of their own; of one that moves the first frame.

    :return: tuple of mimetype and content
    """
    try:
        picture = READERS[mimetype](io.BytesIO(content))
        if picture.width * picture.height > IMAGE_MAX_RESOLUTION:  # said by the head, nothing is decoded yet
            raise UploadError(env._(
                "A picture may have at most %s million pixels.", int(IMAGE_MAX_RESOLUTION / 1e6)))
        return _write_picture(picture)
    except BROKEN as error:
        raise UploadError(env._("One of the pictures is damaged and cannot be read.")) from error


def _write_picture(picture):
    is_photo = picture.format in ('JPEG', 'WEBP')
    if picture.mode not in ('RGB', 'RGBA', 'L'):
        has_alpha = 'A' in picture.getbands() or 'transparency' in picture.info
        picture = picture.convert('RGBA' if has_alpha else 'RGB')
    picture.thumbnail((MAX_SIDE, MAX_SIDE))
    picture = ImageOps.exif_transpose(picture)
    colours = picture.info.get('icc_profile')  # without it the colours of a phone look pale
    picture.info = {}
    stream = io.BytesIO()
    if is_photo and picture.mode != 'RGBA':
        picture.save(stream, 'JPEG', quality=88, icc_profile=colours)
        return 'image/jpeg', stream.getvalue()
    picture.save(stream, 'PNG', icc_profile=colours)
    return 'image/png', stream.getvalue()

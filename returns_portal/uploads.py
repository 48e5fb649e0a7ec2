"""Files that customers send: what is let in, and how it is kept."""

from odoo.exceptions import UserError
from odoo.tools import human_size
from odoo.tools.mimetypes import guess_mimetype

MAX_FILES = 5
MAX_SIZE = 10 * 1024 * 1024
#: Known by their content, whatever they are called.
EXTENSION_BY_MIMETYPE = {
    'image/jpeg': 'jpg', 'image/png': 'png', 'image/webp': 'webp', 'image/gif': 'gif', 'application/pdf': 'pdf'}


class UploadError(UserError):
    """A file that is not taken; the customer reads why."""


def read_uploads(env, files):
    """Values of private `ir.attachment` records for uploaded files, without the record they belong to.

    :param files: werkzeug's `FileStorage` objects; those without a name are fields that were left empty
    :raise UploadError: when there are too many, or when one is too large or no picture or PDF
    """
    files = [file for file in files if file.filename]
    if len(files) > MAX_FILES:
        raise UploadError(env._("Send at most %s files at once.", MAX_FILES))
    return [_read_upload(env, file) for file in files]


def _read_upload(env, file):
    content = file.read(MAX_SIZE + 1)
    if len(content) > MAX_SIZE:
        raise UploadError(env._("A file may have at most %s.", human_size(MAX_SIZE)))
    mimetype = guess_mimetype(content)
    if mimetype not in EXTENSION_BY_MIMETYPE:
        raise UploadError(env._("Send pictures (JPEG, PNG, WebP, GIF) or PDF."))
    return {'name': env._("Customer's file") + f'.{EXTENSION_BY_MIMETYPE[mimetype]}', 'raw': content,
            'mimetype': mimetype, 'public': False}

import io
import json
import struct
import zlib

from PIL import Image

from odoo.tests import new_test_user, tagged

from .common import PNG, PortalCommon
from .test_portal_actions import PDF

#: Tag of EXIF by its number: which side is up, and where it was taken.
ORIENTATION, POSITION = 0x0112, 0x8825
HOSTILE_NAMES = (
    "../../etc/passwd.png", "a/b\\c.png", "x.svg", "x.php.png", "\u202egnp.exe", "x\r\nSet-Cookie: a=b.png",
    "<script>alert(1)</script>.png", "x" * 5000 + ".png", "x\x00.html", ".", "{{ 7 * 7 }}.png",
)


def create_picture(size=(40, 20), picture_format='JPEG', mode='RGB', **options):
    stream = io.BytesIO()
    Image.new(mode, size).save(stream, picture_format, **options)
    return stream.getvalue()


def create_bomb(width=60000, height=60000):
    """The head of a picture of billions of pixels, and next to nothing behind it."""
    def chunk(name, data):
        return struct.pack('>I', len(data)) + name + data + struct.pack('>I', zlib.crc32(name + data))

    head = struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)
    data = chunk(b'IDAT', zlib.compress(b'\0' * 1000))
    return b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', head) + data + chunk(b'IEND', b'')


@tagged('post_install', '-at_install')
class TestPortalUploads(PortalCommon):
    """Pictures and PDF only, by what they are; of pictures nothing but what can be seen."""

    def setUp(self):
        super().setUp()
        self._login()
        self.return_order = self._create_confirmed_return(self.order)
        self.url = f'/my/returns/{self.return_order.id}'

    def _upload(self, *contents, name="photo.jpg", content_type='image/jpeg'):
        """What the page says to these files, sent with a message."""
        answer = self._post(
            f'{self.url}/message', {'text': "Look"},
            files=[('files', (name, content, content_type)) for content in contents])
        self.assertIn(answer.status_code, (200, 303))
        return answer.text

    def _get_files(self):
        self.env.invalidate_all()
        return self.return_order._get_customer_attachments()

    def _open(self, attachment):
        return Image.open(io.BytesIO(self._get(f'{self.url}/file/{attachment.id}').content))

    def test_where_a_picture_was_taken_is_not_kept_and_its_upper_side_is_up(self):
        exif = Image.Exif()
        exif.update({ORIENTATION: 6, POSITION: {1: "N", 2: (48.0, 8.0, 0.0)}})
        self._upload(create_picture(exif=exif, comment=b'hidden words'))
        attachment = self._get_files()
        picture = self._open(attachment)
        self.assertEqual(picture.size, (20, 40))
        self.assertFalse(picture.getexif())
        self.assertNotIn(b'hidden words', attachment.raw)

    def test_what_hides_behind_a_picture_is_not_kept(self):
        for picture_format in ('JPEG', 'PNG', 'GIF', 'WEBP'):
            self._upload(create_picture(picture_format=picture_format) + b'<script>alert(1)</script>PK\x03\x04')
            attachment = self._get_files()[0]
            with self.subTest(picture_format=picture_format):
                self.assertNotIn(b'script', attachment.raw)
                self.assertIn(attachment.mimetype, ('image/jpeg', 'image/png'))
                self.assertEqual(self._open(attachment).size, (40, 20))

    def test_pictures_in_every_kind_of_colour(self):
        modes = {'1': 'PNG', 'P': 'PNG', 'LA': 'PNG', 'RGBA': 'PNG', 'I;16': 'PNG', 'L': 'JPEG', 'CMYK': 'JPEG'}
        for side, (mode, picture_format) in enumerate(modes.items(), start=1):
            self._upload(create_picture((side, side), picture_format, mode))
            with self.subTest(mode=mode):
                self.assertEqual(self._open(self._get_files()[0]).size, (side, side))

    def test_large_pictures_are_shrunk_and_known_again(self):
        picture = create_picture(size=(4000, 3000))
        for _time in range(2):
            self._upload(picture)
        self.assertEqual(self._open(self._get_files()).size, (1920, 1440))

    def test_what_is_no_picture_and_no_pdf_is_not_taken(self):
        cases = {
            "empty": b'', "million pixels": create_bomb(), "damaged": create_picture(size=(400, 400))[:400],
            "PDF": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
            "PDF.": b'<html><script>alert(1)</script></html>',
            " PDF.": b'PK\x03\x04' + b'x' * 100, " or PDF": b'MZ\x90',
            "may have at most": b'%PDF-1.4' + b'x' * (10 * 1024 * 1024),
            "pictures": b'\x00' * 1000, "Send pictures": b'#!/bin/sh\nrm -rf /', "Send": b'   \n%PDF-1.4 %%EOF',
            "is damaged": create_picture(picture_format='PNG')[:40],
            "cannot be read": b'GIF89a<script>alert(1)</script>',
        }
        for said, content in cases.items():
            with self.subTest(content=content[:20]):
                self.assertTrue(said in self._upload(content), said)
        self.assertFalse(self._get_files())

    def test_at_most_five_files_at_once_and_fifty_in_all(self):
        self.assertIn("at most 5 files", self._upload(*[PNG] * 6))
        self.env['ir.attachment'].create([
            {'name': "x.png", 'raw': PNG, 'res_model': 'returns.order.line', 'res_id': self.return_order.line_ids.id}
        ] * 48)
        self.assertIn("too many files", self._upload(PNG, PNG, PNG))
        self._upload(PNG, PNG)
        self.assertEqual(len(self._get_files()), 50)

    def test_a_form_takes_at_most_twenty_files(self):
        lines = [self._create_delivered_order(quantity=1) for _number in range(4)]
        values = {'also': ','.join(str(order.id) for order in lines), **self._prepare_request(self.order, quantity=1)}
        photos = [(f'photos_{self._get_move().id}', ('a.png', PNG, 'image/png'))] * 5
        for order in lines:
            values.update(self._prepare_request(order, quantity=1))
            photos += [(f'photos_{self._get_move(order).id}', ('a.png', PNG, 'image/png'))] * 5
        self.assertIn("Send at most 0 files", self._request(values=values, files=photos).text)

    def test_hostile_names_and_types_are_not_looked_at(self):
        for name in HOSTILE_NAMES:
            for content_type in ('text/html', 'image/svg+xml', 'x' * 300):
                self._upload(create_picture(), name=name, content_type=content_type)
        files = self._get_files()
        self.assertEqual(set(files.mapped('name')), {"Customer's file.jpeg"})
        self.assertEqual(set(files.mapped('mimetype')), {'image/jpeg'})

    def test_a_pdf_is_kept_as_it_is_and_never_shown_by_the_browser(self):
        self._upload(PDF, name="x.html", content_type='text/html')
        answer = self._get(f'{self.url}/file/{self._get_files().id}')
        self.assertEqual(answer.content, PDF)
        self.assertIn('attachment', answer.headers['Content-Disposition'])
        self.assertEqual(answer.headers['Content-Type'], 'application/pdf')
        self.assertEqual(answer.headers['X-Content-Type-Options'], 'nosniff')

    def test_files_are_seen_by_staff_and_this_customer_only(self):
        self._upload(PNG)
        attachment = self._get_files()
        self.assertRecordValues(attachment, [{
            'public': False, 'access_token': False, 'res_model': 'returns.order', 'res_id': self.return_order.id}])
        colleague = new_test_user(self.env, 'test_colleague', 'base.group_user', company_id=self.company.id)
        content, page = f'/web/content/{attachment.id}', f'{self.url}/file/{attachment.id}'
        for user, statuses in (
            (self.portal_user, [404, 200]), (self.user, [200, 200]), (self.stranger_user, [404, 404]),
            (colleague, [404, 404]), (None, [404, 404]),
        ):
            self._login(user) if user else self._logout()
            with self.subTest(user=user and user.login):
                self.assertEqual([self._get(url).status_code for url in (content, page)], statuses)

    def test_files_are_not_sent_past_the_page(self):
        before = self.env['ir.attachment'].search_count([])
        for user, token in ((self.portal_user, ''), (None, self.return_order.access_token)):
            self._login(user) if user else self._logout()
            values = {'thread_model': 'returns.order', 'thread_id': self.return_order.id, 'token': token}
            answer = self._post('/mail/attachment/upload', values, files={'ufile': ("x.exe", b'MZ', 'image/png')})
            self.assertEqual(answer.status_code, 404)
            answer = self.url_open('/mail/message/post', json={'params': {
                **values, 'post_data': {'body': "Past the page", 'message_type': 'comment'}}})
            self.assertIn('error', json.loads(answer.text))
        self.assertNotIn("Past the page", str(self.return_order.message_ids.mapped('body')))
        self.assertEqual(self.env['ir.attachment'].search_count([]), before)

/** The longer side of a picture that is sent, in pixels. */
const MAX_SIDE = 1600;

/**
 * A picture small enough to send over a warehouse's network.
 *
 * @param {File} file
 * @returns {Promise<{name: string, data: string, url: string}>} `data` in base 64
 */
export async function readPhoto(file) {
    const bitmap = await createImageBitmap(file);
    const scale = Math.min(1, MAX_SIDE / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(bitmap.width * scale);
    canvas.height = Math.round(bitmap.height * scale);
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    const url = canvas.toDataURL("image/jpeg", 0.85);
    return {name: `${file.name.replace(/\.\w+$/, "")}.jpg`, data: url.split(",")[1], url};
}

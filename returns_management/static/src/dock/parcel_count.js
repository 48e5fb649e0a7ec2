/**
 * What was counted of the parcel on the screen, with a way back.
 *
 * At first all that is expected counts as there: one tap receives it. The first product that is scanned starts the
 * count at zero, since then somebody looks into the box.
 */
export class ParcelCount {
    constructor(lines) {
        this.lines = lines;
        this.scanning = false;
        this.held = []; // what is not on the return: {product_id, name, quantity, lot_id, lot_name, text}
        this.past = [];
        this.quantities = Object.fromEntries(lines.map((line) => [line.id, line.expected]));
        this.lots = {};
        for (const line of lines.filter((tracked) => tracked.tracking !== "none")) {
            this.lots[line.id] = Object.fromEntries(line.lots.map((lot) => [lot.id, lot.expected]));
            this.quantities[line.id] = line.lots.reduce((sum, lot) => sum + lot.expected, 0);
        }
    }

    // --- What is there ---

    get isTouched() {
        return this.past.length > 0;
    }

    get total() {
        return this.lines.reduce((sum, line) => sum + this.quantities[line.id], 0);
    }

    get expected() {
        return this.lines.reduce((sum, line) => sum + line.expected, 0);
    }

    get isComplete() {
        return this.lines.every((line) => this.quantities[line.id] === line.expected);
    }

    get isEmpty() {
        return !this.total && !this.held.length;
    }

    /** What the server reads: quantities by line, lots by line where the product has them. */
    get wish() {
        return {
            quantities: {...this.quantities},
            lots: Object.fromEntries(Object.entries(this.lots).filter(([id]) => this.quantities[id])),
            seen: Object.fromEntries(this.lines.map((line) => [line.id, line.seen])),
            held: this.held.map(({product_id, quantity, lot_id, lot_name, text}) => ({
                product_id,
                quantity,
                lot_id,
                lot_name,
                text,
            })),
        };
    }

    // --- Counting ---

    remember() {
        this.past.push(
            JSON.stringify([this.scanning, this.quantities, this.lots, this.held]), // a copy that nothing changes
        );
    }

    undo() {
        if (this.past.length) {
            [this.scanning, this.quantities, this.lots, this.held] = JSON.parse(this.past.pop());
        }
    }

    setQuantity(line, quantity) {
        this.remember();
        this.quantities[line.id] = Math.max(0, quantity);
    }

    setLot(line, lot, quantity) {
        this.remember();
        this._setLot(line, lot, quantity);
    }

    _setLot(line, lot, quantity) {
        this.lots[line.id][lot.id] = Math.min(Math.max(0, quantity), lot.quantity);
        this.quantities[line.id] = Object.values(this.lots[line.id]).reduce((sum, part) => sum + part, 0);
    }

    hold(item) {
        this.remember();
        this._hold(item);
    }

    _hold(item) {
        const same = this.held.find(
            (other) => item.product_id && other.product_id === item.product_id && other.lot_id === item.lot_id,
        );
        if (same && item.tracking !== "serial") {
            same.quantity += 1;
        } else if (!same) {
            this.held.push({...item, quantity: 1});
        }
    }

    release(index) {
        this.remember();
        this.held.splice(index, 1);
    }

    /**
     * Count one piece that was scanned.
     *
     * @returns {"counted"|"held"|"again"|"number"} what became of it: counted on a line, held as a wrong item, scanned
     * before, or to be scanned by its serial number
     */
    scan(item) {
        const lines = this.lines.filter((line) => line.product_id === item.product_id);
        if (lines.length && item.tracking !== "none" && !item.lot_id) {
            return "number";
        }
        const line = item.lot_id
            ? lines.find((candidate) => candidate.lots.some((lot) => lot.id === item.lot_id))
            : lines.find((candidate) => !this.scanning || this.quantities[candidate.id] < candidate.expected) ||
              lines.at(-1);
        const lot = line && line.lots.find((candidate) => candidate.id === item.lot_id);
        if (lot && this.scanning && this.lots[line.id][lot.id] >= lot.quantity) {
            return "again";
        }
        this.remember();
        this.startScanning();
        if (lot) {
            this._setLot(line, lot, this.lots[line.id][lot.id] + 1);
        } else if (line) {
            this.quantities[line.id] += 1;
        } else {
            this._hold(item);
        }
        return line ? "counted" : "held";
    }

    startScanning() {
        if (this.scanning) {
            return;
        }
        this.scanning = true;
        for (const line of this.lines) {
            this.quantities[line.id] = 0;
            if (this.lots[line.id]) {
                this.lots[line.id] = Object.fromEntries(line.lots.map((lot) => [lot.id, 0]));
            }
        }
    }
}

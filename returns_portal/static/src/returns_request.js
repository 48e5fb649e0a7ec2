import {Interaction} from "@web/public/interaction";
import {registry} from "@web/core/registry";

/** How long nobody types before the server is asked, in milliseconds. */
const PAUSE = 300;

/**
 * The form of a return request, which works without this: what belongs to a product that is not sent back is hidden,
 * and the amount to expect follows what is entered.
 */
export class ReturnsRequest extends Interaction {
    static selector = ".o_returns_request";
    dynamicContent = {
        _root: {"t-on-input": this.debounced(this.check, PAUSE)},
        ".o_returns_quantity": {"t-on-input": this.updateLines},
        ".o_returns_wish": {"t-on-change": this.updateLines},
    };

    setup() {
        this.updateLines();
        this.el.classList.add("o_returns_live");
    }

    updateLines() {
        for (const line of this.el.querySelectorAll(".o_returns_line")) {
            const quantity = line.querySelector(".o_returns_quantity");
            line.classList.toggle("o_returns_chosen", Boolean(quantity && Number(quantity.value) > 0));
            const wish = line.querySelector(".o_returns_wish")?.selectedOptions[0];
            line.querySelector(".o_returns_exchange")?.classList.toggle("d-none", wish?.dataset.action !== "exchange");
        }
    }

    async check() {
        const data = new FormData(this.el);
        for (const input of this.el.querySelectorAll("input[type=file]")) {
            data.delete(input.name);
        }
        const answer = await this.waitFor(fetch(this.el.dataset.check, {method: "POST", body: data}));
        if (!answer.ok) {
            return;
        }
        const result = await this.waitFor(answer.json());
        this.el.querySelector("input[name=amount_seen]").value = result.seen || "";
        this.el.querySelector(".o_returns_amount").textContent = result.amount || "–";
        this.el.querySelector(".o_returns_costs").replaceChildren(
            ...(result.costs || []).map((cost) => {
                const item = document.createElement("li");
                item.textContent = cost;
                return item;
            }),
        );
    }
}

registry.category("public.interactions").add("returns_portal.returns_request", ReturnsRequest);

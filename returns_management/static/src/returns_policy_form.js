import { registry } from "@web/core/registry";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";

/** A policy that returns use continues in a new record: go on with that one after saving. */
export class ReturnsPolicyFormController extends FormController {
    async save() {
        const before = this.model.root.data.successor_id;
        const saved = await super.save(...arguments);
        const successor = this.model.root.data.successor_id;
        if (saved && successor && !before) {
            await this.model.load({ resId: successor.id });
        }
        return saved;
    }
}

registry.category("views").add("returns_policy_form", {
    ...formView,
    Controller: ReturnsPolicyFormController,
});

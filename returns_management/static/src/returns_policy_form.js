import {registry} from "@web/core/registry";
import {FormController} from "@web/views/form/form_controller";
import {formView} from "@web/views/form/form_view";

/** A policy that returns use continues in a new record: go on with that one after saving. */
export class ReturnsPolicyFormController extends FormController {
    async save() {
        const before = this.model.root.data.successor_id;
        const saved = await super.save(...arguments);
        const {resId, resIds, data} = this.model.root;
        if (saved && data.successor_id && !before) {
            const successorId = data.successor_id.id;
            await this.model.load({
                resId: successorId,
                resIds: resIds.map((id) => (id === resId ? successorId : id)),
            });
        }
        return saved;
    }
}

registry.category("views").add("returns_policy_form", {
    ...formView,
    Controller: ReturnsPolicyFormController,
});

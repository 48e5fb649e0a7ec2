# The commands are the scripts in dev/; here are their names.

.DEFAULT_GOAL := help
.PHONY: help demo demo-db test reinstall bench lint format shell pot clean-cache
export PORT FRESH QUICK RECORD

help: ## this text
	@dev/help
demo: ## Odoo with demo returns on http://127.0.0.1:8069 until Ctrl-C
	@dev/demo
demo-db: ## build the database of the demo, and stop
	@dev/demo --build-only
test: ## run the tests, all or T=…
	@dev/test '$(subst ','\'',$(T))'
reinstall: ## update, uninstall and install our addons again on a copy of the demo; Odoo must work each time
	@dev/reinstall
bench: ## compare what returns cost, with Odoo alone and OCA's rma (about an hour; QUICK=1: minutes)
	@dev/bench
lint: ## check style and common mistakes of Odoo addons
	@dev/lint
format: ## repair what the linters can repair
	@dev/lint --fix
shell: ## a Python prompt in the demo database
	@dev/shell
pot: ## write the translation templates i18n/*.pot of our addons
	@dev/pot
clean-cache: ## remove everything that was built (Odoo, Python packages, databases)
	@dev/clean-cache

def pytest_runtest_logreport(report):
    if report.failed:
        with open('/srv/instafail.log','a') as f: f.write(f"### {report.nodeid} {report.when}\n{report.longreprtext[-3000:]}\n")

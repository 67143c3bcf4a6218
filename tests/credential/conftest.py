"""How hypothesis runs here."""

from hypothesis import HealthCheck, settings

# A loaded machine is no defect of the kernel: what must be quick has a test that measures it.
settings.register_profile("kernel", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kernel")
